import type { Plan, RolePlan } from './plan.ts'

/** What pods of a deployment are for: the value of their label `app.kubernetes.io/component`. */
export type Component =
  | 'agents'
  | 'api'
  | 'worker'
  | 'redis'
  | 'redis-sentinel'
  | 'backup'
  | 'model-server'
  | 'waypoint'
  | 'chaos'

/** What selects the pods of a component, of every release. */
export function podLabels({ name }: Pick<Plan, 'name'>, component: Component): Record<string, string> {
  return { 'app.kubernetes.io/name': name, 'app.kubernetes.io/component': component }
}

/** The component that a role's pods are. */
export function componentOf({ role }: Pick<RolePlan, 'role'>): 'agents' | 'api' | 'worker' {
  return role === 'all' ? 'agents' : role
}

/** Name of the ServiceAccount of a component's pods. */
export function accountName({ name }: Pick<Plan, 'name'>, component: Component): string {
  return `${name}-${component}`
}

/** The Service of the API: its name, its host in the cluster, and its port. */
export function apiService({ name, namespace, settings }: Plan): {
  readonly name: string
  readonly host: string
  readonly port: number
} {
  return { name, host: `${name}.${namespace}.svc.cluster.local`, port: settings['server.port'] }
}
