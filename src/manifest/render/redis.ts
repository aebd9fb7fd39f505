import type { Manifest } from '../object.ts'
import type { Plan } from '../plan.ts'
import { renderBudget } from './redis/budget.ts'
import { renderFiles } from './redis/file.ts'
import { partsOf } from './redis/part.ts'
import { renderSentinels } from './redis/sentinel.ts'
import { renderServers } from './redis/server.ts'
import { renderService } from './redis/service.ts'

/** The Redis of a deployment: servers, of which one leads, and Sentinels, which say who. One that others run needs no objects. */
export function renderRedis(plan: Plan): Manifest {
  const parts = partsOf(plan)
  const about =
    'Redis, which keeps the runs: a primary with its replicas, and Sentinels, which name another when it is lost.'
  if (parts === undefined) return { file: 'redis.yaml', about, objects: [] }
  const { servers, sentinels } = parts
  return {
    ...{ file: 'redis.yaml', about },
    objects: [
      renderFiles(plan, parts),
      ...[renderService(plan, sentinels), renderService(plan, servers)],
      ...[renderBudget(plan, sentinels), renderBudget(plan, servers)],
      ...[renderSentinels(plan, parts), renderServers(plan, parts)],
    ],
  }
}
