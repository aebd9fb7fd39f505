import type { KubernetesObject, Manifest } from '../object.ts'
import type { Plan } from '../plan.ts'
import { authorizationPolicies } from './mesh/authorization-policy.ts'
import { destinationRule } from './mesh/destination-rule.ts'
import { httpRoutes } from './mesh/http-route.ts'
import { peerAuthentications } from './mesh/peer-authentication.ts'
import { virtualService } from './mesh/virtual-service.ts'
import { waypoint } from './mesh/waypoint.ts'

/** How requests travel in the service mesh, and who may send them. */
export function renderMesh(plan: Plan): Manifest {
  return {
    file: 'mesh.yaml',
    about: 'How requests travel in the mesh, and who may send them.',
    objects: objectsOf(plan),
  }
}

function objectsOf(plan: Plan): readonly KubernetesObject[] {
  const { mesh } = plan.spec
  if (mesh.kind === 'none') return []
  const routes = mesh.kind === 'ambient' ? [...waypoint(plan), ...httpRoutes(plan, mesh)] : [virtualService(plan, mesh)]
  return [
    ...peerAuthentications(plan, mesh),
    ...authorizationPolicies(plan, mesh),
    ...routes,
    destinationRule(plan, mesh),
  ]
}
