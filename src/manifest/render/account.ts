import type { IServiceAccount } from 'kubernetes-models/v1'
import type { Manifest } from '../object.ts'
import type { Plan } from '../plan.ts'
import { typed } from '../typed.ts'

/**
 * An account for each kind of pods, so that a right which one of them may need some day is not given to all.
 *
 * None of them asks the API server anything: they have no token, and no Role.
 */
export function renderAccounts(plan: Plan): Manifest {
  const { namespace, roles, modelServers } = plan
  const names = new Set([...[...roles, ...modelServers].map(({ account }) => account), ...redisAccounts(plan)])
  const objects = [...names].map((name) =>
    typed<IServiceAccount>({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name, namespace },
      automountServiceAccountToken: false,
    }),
  )
  return { file: 'accounts.yaml', about: 'Accounts of pods: none has a token, or a right.', objects }
}

function redisAccounts({ name, spec: { redis } }: Plan): readonly string[] {
  if (redis.kind === 'external') return []
  const components = ['redis', 'redis-sentinel', ...(redis.backup.enabled ? ['backup'] : [])]
  return components.map((component) => `${name}-${component}`)
}
