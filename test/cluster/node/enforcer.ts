import { findEnforcer } from '../kubernetes/enforcer.ts'

/** Command line of what enforces NetworkPolicies on a node: the part of kube-router that does, and none of its others. */
export function enforcerCommand(node: string, kubeconfig: string, serviceRange: string): readonly string[] {
  const program = findEnforcer()
  if (program === undefined) throw new Error('kube-router is not built: npm run test:cluster builds it, with Go')
  const parts = ['--run-firewall=true', '--run-router=false', '--run-service-proxy=false', '--run-loadbalancer=false']
  const others = ['--enable-cni=false', '--enable-overlay=false', '--health-port=0', '--metrics-port=0']
  const place = [`--kubeconfig=${kubeconfig}`, `--hostname-override=${node}`]
  return [program, ...parts, ...others, ...place, `--service-cluster-ip-range=${serviceRange}`]
}
