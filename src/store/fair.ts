/** A queued run, as far as its turn depends on it. `queuedAt` is since when it waits (ms). */
export interface Candidate {
  readonly tenant: string
  readonly agent: string
  readonly priority: number
  readonly queuedAt: number
}

/** How many runs may run at once; `perTenant` for each tenant alike, or by its name. */
export interface FairLimits {
  readonly perAgent: Readonly<Record<string, number>>
  readonly perTenant?: number | ReadonlyMap<string, number>
}

/** A run that a worker holds, as far as limits count it. */
export interface Running {
  readonly tenant: string
  readonly agent: string
}

/**
 * Picks which queued runs start, at most `slots`, in the order in which they start.
 *
 * Tenants take turns, those with the fewest running first, so that a tenant's long queue delays only itself. Within a tenant the
 * higher priority goes first, then the longer wait, then the order given. No limit is passed; a run that a limit holds back
 * lets those behind it go first.
 */
export function pickFair<T extends Candidate>(
  candidates: readonly T[],
  running: readonly Running[],
  limits: FairLimits,
  slots: number,
): readonly T[] {
  const agents = countBy(running, (run) => run.agent)
  const tenants = countBy(running, (run) => run.tenant)
  const perAgent = new Map(Object.entries(limits.perAgent))
  const fits = ({ agent, tenant }: T) =>
    (agents.get(agent) ?? 0) < (perAgent.get(agent) ?? Number.POSITIVE_INFINITY) &&
    (tenants.get(tenant) ?? 0) < limitOf(limits, tenant)
  const picked: T[] = []
  let queues = queuesByTurn(candidates, tenants)
  while (queues.length > 0 && picked.length < slots) {
    const going: T[][] = []
    for (const queue of queues) {
      const place = queue.findIndex(fits)
      const [next] = place < 0 || picked.length >= slots ? [] : queue.splice(place, 1)
      if (next === undefined) continue
      picked.push(next)
      agents.set(next.agent, (agents.get(next.agent) ?? 0) + 1)
      tenants.set(next.tenant, (tenants.get(next.tenant) ?? 0) + 1)
      going.push(queue)
    }
    queues = going
  }
  return picked
}

function limitOf({ perTenant = Number.POSITIVE_INFINITY }: FairLimits, tenant: string): number {
  return typeof perTenant === 'number' ? perTenant : (perTenant.get(tenant) ?? 0)
}

function queuesByTurn<T extends Candidate>(candidates: readonly T[], tenants: ReadonlyMap<string, number>): T[][] {
  const queues = [...Map.groupBy(candidates, (candidate) => candidate.tenant)]
  queues.sort(([a], [b]) => (tenants.get(a) ?? 0) - (tenants.get(b) ?? 0) || (a < b ? -1 : 1))
  return queues.map(([, queue]) => queue.sort((a, b) => b.priority - a.priority || a.queuedAt - b.queuedAt))
}

function countBy<T>(items: readonly T[], key: (item: T) => string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1)
  return counts
}
