import type { IPeerAuthentication } from '@kubernetes-models/istio/security.istio.io/v1'
import { componentOf, podLabels } from '../../component.ts'
import type { KubernetesObject } from '../../object.ts'
import type { Plan } from '../../plan.ts'
import { typed } from '../../typed.ts'
import type { AmbientMesh, SidecarMesh } from './mesh-kind.ts'

/** Nobody talks to pods of the namespace but over mutual TLS; only metrics may be read in the plain, where the mesh says so. */
export function peerAuthentications(plan: Plan, mesh: AmbientMesh | SidecarMesh): readonly KubernetesObject[] {
  const { name, roles, settings } = plan
  const all = peerAuthentication(plan, name, { mtls: { mode: 'STRICT' } })
  if (!mesh.plainMetrics || !settings['prometheus.enabled']) return [all]
  const port = String(settings['prometheus.port'])
  const metrics = roles.map(componentOf).map((component) =>
    peerAuthentication(plan, `${name}-${component}-metrics`, {
      selector: { matchLabels: podLabels(plan, component) },
      mtls: { mode: 'STRICT' },
      portLevelMtls: { [port]: { mode: 'PERMISSIVE' } },
    }),
  )
  return [all, ...metrics]
}

function peerAuthentication(
  { namespace }: Plan,
  name: string,
  spec: NonNullable<IPeerAuthentication['spec']>,
): KubernetesObject {
  return typed<IPeerAuthentication>({
    ...{ apiVersion: 'security.istio.io/v1', kind: 'PeerAuthentication', metadata: { name, namespace }, spec },
  })
}
