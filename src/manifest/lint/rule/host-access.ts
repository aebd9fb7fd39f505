import type { Rule } from '../rule.ts'

const SOCKET = /\/(docker|containerd|crio)\.sock$|^\/(var\/)?run\/containerd/

export const hostAccess: Rule = {
  id: 'host-access',
  severity: 'error',
  title: 'A pod reaches into its node',
  explanation:
    'Namespaces of the host, its paths and above all the socket of its container runtime let a pod see and change what is not its own: with the socket it can start a privileged container.',
  source: 'https://kubernetes.io/docs/concepts/storage/volumes/#hostpath',
  *check({ pods }) {
    for (const { owner, spec, containers } of pods) {
      for (const name of ['hostNetwork', 'hostPID', 'hostIPC'] as const) {
        const field = spec.at(name)
        if (field.value === true) yield { at: field, message: `'${name}' shares what is the node's` }
      }
      for (const path of spec.at('volumes').items.map((volume) => volume.at('hostPath', 'path'))) {
        if (path.text === undefined) continue
        const isSocket = SOCKET.test(path.text)
        // What runs on every node is there to look after it, and may read; a socket is more than that.
        if (owner.kind === 'DaemonSet' && !isSocket) continue
        yield {
          at: path,
          message: isSocket ? `'${path.text}' is root on the node` : `'${path.text}' is a path of the node`,
        }
      }
      for (const port of containers.flatMap((container) =>
        container.at('ports').items.map((it) => it.at('hostPort')),
      )) {
        if (port.exists && port.value !== 0 && owner.kind !== 'DaemonSet')
          yield { at: port, message: 'A port of the node keeps a second pod away from it' }
      }
    }
  },
}
