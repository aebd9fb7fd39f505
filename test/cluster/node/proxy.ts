/** Command line of a kube-proxy. It leaves limits of the whole machine as they are. */
export function proxyArguments(node: string, kubeconfig: string): readonly string[] {
  return [
    ...[`--kubeconfig=${kubeconfig}`, `--hostname-override=${node}`, '--proxy-mode=nftables'],
    ...['--cluster-cidr=10.97.0.0/16', '--oom-score-adj=0', '--conntrack-max-per-core=0'],
    ...['--conntrack-tcp-timeout-established=0s', '--conntrack-tcp-timeout-close-wait=0s'],
  ]
}
