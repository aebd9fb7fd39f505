import fc from 'fast-check'
import type { RunStatus } from '../../core/run.ts'
import type { Transition } from '../journal.ts'
import type { SessionChange } from '../session.ts'

/** One thing that somebody does to a store, as data. Epochs and sequences are relative to what the run has, mostly right. */
export type Operation =
  | {
      readonly kind: 'submit'
      readonly run: string
      readonly session: string | undefined
      readonly policy: 'enqueue' | 'reject'
      readonly key: string | undefined
      readonly inputHash: string
      readonly held: boolean
      readonly delay: number
      readonly priority: number
      readonly agent: string
      readonly team: string | undefined
      readonly below: boolean
    }
  | {
      readonly kind: 'commit'
      readonly run: string
      /** Whether it seizes a run that no worker holds, and appends to one that is held; else it does the wrong one of the two. */
      readonly fit: boolean
      readonly epochOff: number
      readonly headOff: number
      readonly count: number
      readonly next: Transition | undefined
      readonly consume: boolean
      readonly ask: string | undefined
      readonly closes: string | undefined
      readonly withdraws: string | undefined
      readonly session: string | undefined
      readonly title: string | undefined
      readonly to: string | undefined
      readonly child: string | undefined
      /** Of the child; by default that of its parent, null for none. */
      readonly childSession?: string | null
      readonly snapshot: boolean
      readonly blob: string | undefined
      readonly spend: Spending | undefined
    }
  | { readonly kind: 'retry' }
  | {
      readonly kind: 'deliver'
      readonly run: string
      readonly id: string
      readonly closes: string | undefined
      readonly cancels: boolean
    }
  | { readonly kind: 'claim'; readonly worker: string; readonly slots: number; readonly limit: number | undefined }
  | { readonly kind: 'leave'; readonly worker: string }
  | { readonly kind: 'remove'; readonly run: string }
  | { readonly kind: 'remove-session'; readonly session: string }
  | { readonly kind: 'remove-session-runs'; readonly session: string; readonly limit: number }
  | {
      readonly kind: 'create-session'
      readonly session: string
      readonly ttl: number
      readonly title: string | undefined
    }
  | { readonly kind: 'change-session'; readonly session: string; readonly change: SessionChange }
  | { readonly kind: 'put-blob'; readonly blob: string }
  | { readonly kind: 'expire'; readonly limit: number }

/** What a commit does to budgets: reservations and settlements by their ids, charges, raises. */
export interface Spending {
  readonly reserve: { readonly id: string; readonly keys: readonly string[] } | undefined
  readonly settle: { readonly id: string; readonly tokens: number } | undefined
  readonly charge: string | undefined
  readonly raise: { readonly id: string; readonly key: string } | undefined
}

/** What happens in one turn of the event loop, in one process, after so many milliseconds. */
export interface Turn {
  readonly wait: number
  readonly elsewhere: boolean
  readonly operations: readonly Operation[]
}

const run = fc.constantFrom('r0', 'r1', 'r2', 'r3', 'r4')
const session = fc.constantFrom('s0', 's1')
const question = fc.constantFrom('q0', 'q1')
const worker = fc.constantFrom('w1', 'w2')
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 3 })
const mostly = <T>(usual: T, ...others: T[]) =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) })

const next: fc.Arbitrary<Transition> = fc.oneof(
  fc.record({ status: fc.constant('suspended' as const), wakeAt: fc.integer({ min: 0, max: 400 }) }),
  fc.constant({ status: 'suspended', reason: 'waits' } as const),
  fc.record({ status: fc.constant('queued' as const), at: fc.integer({ min: 0, max: 400 }) }),
  fc.constant({ status: 'paused' } as const),
  fc.record({ status: fc.constantFrom<RunStatus & ('completed' | 'dead')>('completed', 'dead') }),
)

const submit = fc.record({
  kind: fc.constant('submit' as const),
  run,
  session: maybe(session),
  policy: mostly<'enqueue' | 'reject'>('enqueue', 'reject'),
  key: maybe(fc.constantFrom('k0', 'k1')),
  inputHash: mostly('same', 'other'),
  held: fc.boolean(),
  delay: mostly(0, 100),
  priority: fc.integer({ min: 0, max: 2 }),
  agent: mostly('writer', 'reader'),
  team: maybe(fc.constantFrom('blue', 'red')),
  below: fc.boolean(),
})

const reservation = fc.constantFrom('x0', 'x1', 'x2')
const budget = fc.constantFrom('b0', 'b1')
const spend: fc.Arbitrary<Spending> = fc.record({
  reserve: maybe(fc.record({ id: reservation, keys: fc.uniqueArray(budget, { minLength: 1 }) })),
  settle: fc.option(fc.record({ id: reservation, tokens: fc.integer({ min: 0, max: 10 }) }), {
    nil: undefined,
    freq: 2,
  }),
  charge: fc.option(reservation, { nil: undefined, freq: 2 }),
  raise: fc.option(fc.record({ id: fc.constantFrom('u0', 'u1'), key: budget }), { nil: undefined, freq: 2 }),
})

const blob = fc.constantFrom('one', 'two')

const commit = fc.record({
  kind: fc.constant('commit' as const),
  run,
  fit: mostly(true, false),
  epochOff: mostly(0, -1, 1),
  headOff: mostly(0, -1, 1),
  count: fc.integer({ min: 0, max: 2 }),
  next: maybe(next),
  consume: fc.boolean(),
  ask: maybe(question),
  closes: mostly<string | undefined>(undefined, 'q0', 'q1'),
  withdraws: maybe(question),
  session: maybe(fc.constantFrom('restore', 'one', 'two')),
  title: maybe(fc.constantFrom('one', 'two')),
  to: maybe(run),
  child: maybe(run),
  snapshot: fc.boolean(),
  blob: maybe(blob),
  spend: fc.option(spend, { nil: undefined, freq: 2 }),
})

const others = fc.oneof(
  fc.record({
    kind: fc.constant('deliver' as const),
    run,
    id: fc.constantFrom('m0', 'm1', 'm2'),
    closes: mostly<string | undefined>(undefined, 'q0', 'q1'),
    cancels: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('claim' as const),
    worker,
    slots: fc.integer({ min: 0, max: 3 }),
    limit: maybe(fc.integer({ min: 0, max: 2 })),
  }),
  fc.record({ kind: fc.constant('leave' as const), worker }),
  fc.record({ kind: fc.constant('remove' as const), run }),
  fc.record({ kind: fc.constant('remove-session' as const), session }),
  fc.record({ kind: fc.constant('remove-session-runs' as const), session, limit: fc.integer({ min: 1, max: 2 }) }),
  fc.record({
    kind: fc.constant('create-session' as const),
    session,
    ttl: fc.constantFrom(1, 60, 100_000),
    title: maybe(fc.constant('begun')),
  }),
  fc.record({
    kind: fc.constant('change-session' as const),
    session,
    change: fc.constantFrom<SessionChange>(
      { title: 'mine' },
      { title: null },
      { ttl: 60 },
      { ttl: null },
      { tags: { a: 'b' } },
    ),
  }),
  fc.record({ kind: fc.constant('put-blob' as const), blob }),
  fc.record({ kind: fc.constant('expire' as const), limit: fc.integer({ min: 1, max: 3 }) }),
  fc.constant({ kind: 'retry' } as const),
)

/** What a store goes through in one example. */
export const turns: fc.Arbitrary<readonly Turn[]> = fc.array(
  fc.record({
    wait: fc.oneof(fc.constant(1), fc.constant(50), mostly(1, 4 * 24 * 60 * 60 * 1000)),
    elsewhere: fc.boolean(),
    operations: fc.array(
      fc.oneof<fc.WeightedArbitrary<Operation>[]>(
        { weight: 4, arbitrary: submit },
        { weight: 8, arbitrary: commit },
        { weight: 4, arbitrary: others },
      ),
      { minLength: 1, maxLength: 3 },
    ),
  }),
  { minLength: 5, maxLength: 40, size: 'max' },
)

/** The session of each run, where a run has one for its life; and the children of those that have some. */
const SESSIONS: Readonly<Record<string, string | undefined>> = { r0: 's0', r1: 's1', r2: 's0' }
const CHILDREN: Readonly<Record<string, string | undefined>> = { r0: 'r3', r1: 'r4' }

/**
 * A history as a store in several shards can follow it: what is asked for in one turn has no order there, and a run is always of one
 * session and one parent, an input of one session, and what is raised of one budget.
 */
export function tame(history: readonly Turn[]): readonly Turn[] {
  return history.flatMap(({ operations, ...turn }) =>
    operations.map((operation, at) => ({ ...turn, wait: at === 0 ? turn.wait : 0, operations: [tameOne(operation)] })),
  )
}

function tameSpending(spend: Spending): Spending {
  return { ...spend, raise: spend.raise && { ...spend.raise, id: `${spend.raise.id} ${spend.raise.key}` } }
}

function tameOne(operation: Operation): Operation {
  if (operation.kind === 'commit') {
    const child = operation.child === undefined ? undefined : CHILDREN[operation.run]
    return { ...operation, child, childSession: null, spend: operation.spend && tameSpending(operation.spend) }
  }
  // Permits that a worker does not use come back with its next claim, so that a limit may hold back more for a while.
  if (operation.kind === 'claim') return { ...operation, limit: undefined }
  if (operation.kind !== 'submit') return operation
  if (Object.values(CHILDREN).includes(operation.run)) return { kind: 'retry' }
  const session = SESSIONS[operation.run]
  return { ...operation, session, below: false, inputHash: `${operation.inputHash} ${session}` }
}
