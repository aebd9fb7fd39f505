import type { EnvironmentSpec } from '../../core/deployment/schema.ts'
import type { Settings } from '../../core/settings.ts'
import type { RolePlan } from '../plan.ts'

/** What is asked for where the deployment says nothing. */
const USUAL = {
  all: { cpu: '500m', memory: '1Gi', disk: '1Gi' },
  api: { cpu: '250m', memory: '512Mi', disk: '512Mi' },
  worker: { cpu: '500m', memory: '1Gi', disk: '1Gi' },
} as const

/** The label by which the Service finds the pods that serve, of whichever role and release. */
export const SERVES = { 'agentpolis.dev/serves': 'api' } as const

/** The kinds of pods of a deployment. */
export function planRoles(
  name: string,
  release: string,
  spec: EnvironmentSpec,
  settings: Settings,
): readonly RolePlan[] {
  const one = (role: RolePlan['role']): RolePlan => {
    const given = (role === 'api' ? spec.api : spec.worker).resources
    const component = role === 'all' ? 'agents' : role
    const suffix = { all: `-${release}`, api: '-api', worker: `-worker-${release}` }[role]
    return {
      ...{ role, name: `${name}${suffix}`, serves: role !== 'worker', executes: role !== 'api' },
      account: `${name}-${component}`,
      selector: {
        'app.kubernetes.io/name': name,
        'app.kubernetes.io/component': component,
        ...(role === 'api' ? {} : { 'agentpolis.dev/release': release }),
      },
      cpu: given.cpu ?? USUAL[role].cpu,
      ...(given.cpuLimit === undefined ? {} : { cpuLimit: given.cpuLimit }),
      memory: given.memory ?? USUAL[role].memory,
      disk: given.disk ?? USUAL[role].disk,
      ...replicasOf(spec, settings),
    }
  }
  return spec.roles === 'together' ? [one('all')] : [one('api'), one('worker')]
}

// The pods report what they are scaled on: of none, nothing would ever wake one.
function replicasOf(
  { scaling }: EnvironmentSpec,
  { 'scaling.min_replicas': least, 'scaling.max_replicas': most }: Settings,
): Pick<RolePlan, 'minReplicas' | 'maxReplicas'> {
  if (scaling.by === 'none') return { minReplicas: least, maxReplicas: least }
  return { minReplicas: Math.max(1, least), maxReplicas: most }
}
