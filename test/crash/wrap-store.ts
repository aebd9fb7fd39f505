/**
 * A store under fire: passes every call on to the real one, and kills the process at the boundaries around it.
 *
 * Boundary: knows the ports alone, no adapter. What lies inside a transaction is reached through the data that is handed in: a
 * property that kills whoever reads it, and an operation of the same group behind the one in question.
 */
import type { Clock } from '../../src/core/clock.ts'
import type { Commit, Message } from '../../src/store/journal.ts'
import type { Store } from '../../src/store/store.ts'
import { type Metrics, silentMetrics } from '../../src/telemetry/metrics-port.ts'
import { die, type Killer } from './killer.ts'

/** The store with its boundaries; `fenced` is told of each commit that was refused since the run is another's. */
export function wrapStore(store: Store, killer: Killer, fenced: () => void): Store {
  const { journal, coordination } = store
  return {
    ...store,
    journal: {
      ...journal,
      async append(commit) {
        const outcome = await append(store, killer, commit)
        if (outcome.kind === 'fenced') fenced()
        return outcome
      },
      async submit(submit) {
        killer.reach('submit-called')
        const outcome = await journal.submit(killer.isDue('submit-middle') ? deadly(submit, 'blobs') : submit)
        killer.reach('submit-done')
        return outcome
      },
      async deliver(message) {
        killer.reach('answer-called')
        const outcome = await journal.deliver(message)
        killer.reach('answer-done')
        return outcome
      },
    },
    coordination: {
      ...coordination,
      async claim(request) {
        killer.reach('claim-called')
        const outcome = await coordination.claim(killer.isDue('claim-middle') ? deadly(request, 'limits') : request)
        if (outcome.runs.length > 0) killer.reach('claim-done')
        return outcome
      },
    },
  }
}

/** The clock of the store, which it reads once in each transaction. */
export function storeClock(clock: Clock, killer: Killer): Clock {
  return {
    ...clock,
    now() {
      killer.reach('commit-begun')
      killer.reach('commit-any')
      return clock.now()
    },
  }
}

/** The metrics of the store, which it tells of each group after COMMIT and before anybody is resolved. */
export function storeMetrics(killer: Killer): Metrics {
  return {
    ...silentMetrics,
    increment(name) {
      if (name === 'store_commits_total') killer.reach('commit-done')
    },
  }
}

async function append(store: Store, killer: Killer, commit: Commit): ReturnType<Store['journal']['append']> {
  killer.reach('commit-called')
  if (commit.next?.status === 'queued') killer.reach('drain-commit')
  const isDeadline = (commit.closes?.length ?? 0) > 0
  if (isDeadline) killer.reach('deadline-called')
  const answer = store.journal.append(killer.isDue('commit-middle') ? deadly(commit, 'blobs') : commit)
  if (killer.isDue('commit-written')) void store.journal.deliver(deadlyMessage(commit))
  const outcome = await answer
  if (isDeadline) killer.reach('deadline-done')
  if (outcome.kind === 'committed' && outcome.status === 'suspended') killer.reach('suspended')
  killer.reach('commit-told')
  return outcome
}

// Travels in the group of the commit, behind it.
function deadlyMessage({ tenant, run }: Commit): Message {
  const message: Message = { tenant, run, id: 'deadly', kind: 'event', payload: new Uint8Array(), time: 0 }
  return deadly(message, 'tenant')
}

/** The same, but that reading the property kills. */
function deadly<T extends object>(value: T, property: keyof T): T {
  return new Proxy(value, {
    get: (target, name, receiver) => (name === property ? die() : Reflect.get(target, name, receiver)),
  })
}
