import type { EnvironmentSpec } from '../../core/deployment/schema.ts'
import type { Settings } from '../../core/settings.ts'
import type { RolePlan } from '../plan.ts'

/** What is asked for where the deployment says nothing. */
const USUAL = {
  all: { cpu: '500m', memory: '1Gi' },
  api: { cpu: '250m', memory: '512Mi' },
  worker: { cpu: '500m', memory: '1Gi' },
} as const

/** The kinds of pods of a deployment. */
export function planRoles(
  name: string,
  release: string,
  spec: EnvironmentSpec,
  settings: Settings,
): readonly RolePlan[] {
  const one = (role: RolePlan['role']): RolePlan => {
    const given = (role === 'api' ? spec.api : spec.worker).resources
    const suffix = { all: `-${release}`, api: '-api', worker: `-worker-${release}` }[role]
    return {
      ...{ role, name: `${name}${suffix}`, serves: role !== 'worker', executes: role !== 'api' },
      selector: {
        'app.kubernetes.io/name': name,
        'app.kubernetes.io/component': role === 'all' ? 'agents' : role,
        ...(role === 'api' ? {} : { 'agentpolis.dev/release': release }),
      },
      cpu: given.cpu ?? USUAL[role].cpu,
      ...(given.cpuLimit === undefined ? {} : { cpuLimit: given.cpuLimit }),
      memory: given.memory ?? USUAL[role].memory,
      minReplicas: settings['scaling.min_replicas'],
      maxReplicas: Math.max(settings['scaling.max_replicas'], settings['scaling.min_replicas']),
    }
  }
  return spec.roles === 'together' ? [one('all')] : [one('api'), one('worker')]
}
