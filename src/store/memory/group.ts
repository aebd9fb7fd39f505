import { PolisError } from '../../core/error.ts'
import type { LocalDurability } from '../store.ts'
import { attempt, type MemoryState } from './state.ts'

/**
 * Lets a test break a store: asked before and after each group of operations, numbered from 1 in each store.
 *
 * `fail` rejects the group's operations with STORE_UNAVAILABLE (after it, they are done all the same: a commit without an
 * answer); `crash` ends the store as kill -9 does.
 */
export type Faults = (moment: {
  readonly when: 'before' | 'after'
  readonly group: number
}) => 'fail' | 'crash' | undefined

/** What commits groups, and how it tells what happened. */
export interface GroupOptions {
  readonly state: MemoryState
  readonly durability: LocalDurability
  readonly faults: Faults
  readonly crash: () => void
  /** Called with the ids of the runs that changed, after the operations of a group have resolved. */
  readonly committed: (runs: ReadonlySet<string>) => void
}

/** Commits operations in groups: those of one event-loop turn together, at its end. */
export interface Group {
  /** Resolves with what the operation answers, once it is committed; one that throws rejects and changes nothing. */
  commit<T>(operation: () => T): Promise<T>
  /** Commits at once what is pending. */
  flush(): void
  /** Forgets what is pending: it never happens and never resolves. */
  drop(): void
}

interface Pending {
  readonly apply: () => void
  readonly settle: () => void
  readonly fail: (reason: PolisError) => void
}

/** Makes the group of one store. */
export function createGroup(options: GroupOptions): Group {
  let pending: Pending[] = []
  let groups = 0
  let armed: NodeJS.Immediate | undefined
  const flush = () => {
    armed = undefined
    if (pending.length > 0) commitGroup(options, pending.splice(0), ++groups)
  }
  return {
    commit: (operation) => {
      armed ??= setImmediate(flush)
      const { promise, resolve, reject } = Promise.withResolvers<ReturnType<typeof operation>>()
      let settle = () => {}
      const apply = () => {
        try {
          const answer = attempt(options.state, operation)
          settle = () => resolve(answer)
        } catch (error) {
          settle = () => reject(error)
        }
      }
      pending.push({ apply, settle: () => settle(), fail: reject })
      return promise
    },
    flush,
    drop: () => {
      clearImmediate(armed)
      armed = undefined
      pending = []
    },
  }
}

function commitGroup({ state, durability, faults, crash, committed }: GroupOptions, group: Pending[], number: number) {
  const before = faults({ when: 'before', group: number })
  if (before === 'crash') return crash()
  if (before === 'fail') return failAll(group, number)
  state.touched.clear()
  for (const { apply } of group) apply()
  const runs = new Set(state.touched)
  state.unsynced.groups += 1
  if (durability === 'disk' || state.unsynced.groups >= state.unsynced.most) state.sync()
  const after = faults({ when: 'after', group: number })
  if (after === 'crash') return crash()
  if (after === 'fail') failAll(group, number)
  for (const { settle } of group) settle()
  committed(runs)
}

function failAll(group: readonly Pending[], number: number): void {
  for (const { fail } of group) fail(new PolisError('STORE_UNAVAILABLE', `A test made group ${number} fail`))
}
