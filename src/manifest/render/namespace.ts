import type { INamespace } from 'kubernetes-models/v1'
import type { Manifest } from '../object.ts'
import type { Plan } from '../plan.ts'
import { typed } from '../typed.ts'

/** Version of the Pod Security Standards that the pods were made for. */
const SECURITY_VERSION = 'v1.36'

/** The namespace, in which only pods under the restricted Pod Security Standard run. */
export function renderNamespace({ namespace, spec }: Plan): Manifest {
  const security = ['enforce', 'audit', 'warn'].flatMap((mode) => [
    [`pod-security.kubernetes.io/${mode}`, 'restricted'],
    [`pod-security.kubernetes.io/${mode}-version`, SECURITY_VERSION],
  ])
  const object = typed<INamespace>({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace, labels: { ...Object.fromEntries(security), ...meshLabels(spec.mesh) } },
  })
  return { file: 'namespace.yaml', about: 'The namespace, and what its pods may do at most.', objects: [object] }
}

function meshLabels(mesh: Plan['spec']['mesh']): Readonly<Record<string, string>> {
  if (mesh.kind === 'ambient') return { 'istio.io/dataplane-mode': 'ambient' }
  if (mesh.kind !== 'sidecar') return {}
  return mesh.revision === undefined ? { 'istio-injection': 'enabled' } : { 'istio.io/rev': mesh.revision }
}
