/**
 * The journal port over several shards.
 *
 * Role: takes each operation to the shard that it belongs to, and what a commit says to other shards there. Boundary: what is one shard's
 * is done by that shard alone, in one piece.
 * Invariants:
 * 1. A commit is whole in its own shard. What it says to others is there a moment later, at least once and once by id (`outbox.ts`).
 * 2. A submit goes to one shard, which is the same for its session, its family or its key (`locate.ts`, `key.ts`).
 */
import type { BudgetLimits } from '../../../core/budget.ts'
import { PolisError } from '../../../core/error.ts'
import type { Log } from '../../../telemetry/log.ts'
import type { Commit, CommitOutcome, JournalPort, Submit, SubmitOutcome } from '../../journal.ts'
import { appendOperation, type Parcel } from '../append.ts'
import { deliverOperation } from '../deliver.ts'
import { createNotice } from '../notice.ts'
import { type Operation, plainOperation, readNothing } from '../operation.ts'
import type { Packer } from '../pack.ts'
import { packSubmit, submitOperation } from '../submit.ts'
import { extendSlice, homeOf, onSlices, recall } from './budget.ts'
import { takeKey } from './key.ts'
import type { Locator } from './locate.ts'
import { emptyOutbox, parcel } from './outbox.ts'
import { ofAll, type ShardStore, type Shards, shardAt } from './shard-store.ts'

/** What the routes are made from. */
export interface Router {
  readonly shards: Shards
  readonly locator: Locator
  readonly now: () => number
  readonly log: Log
}

/** The journal port over all shards, and what ends its watching. */
export function createJournal(router: Router): JournalPort & { stop(): void } {
  const { shards, locator } = router
  const notice = createNotice()
  const deaf = shards.map(({ journal }) =>
    journal.watch((runs, quiet, waiting) => notice.tell(runs?.difference(quiet), quiet, waiting)),
  )
  return {
    submit: (submit) => submitTo(router, submit),
    append: (commit) => append(router, commit),
    deliver: async (message) => (await locator.find(message.tenant, message.run)).journal.deliver(message),
    read: async (tenant, run, after, limit) =>
      (await locator.find(tenant, run)).journal.read(tenant, run, after, limit),
    inbox: async (of) => {
      if ('run' in of) return (await locator.find(of.tenant, of.run)).journal.inbox(of)
      const all = await ofAll(shards, ({ journal }) => journal.inbox(of))
      return all.flat().sort((a, b) => a.time - b.time)
    },
    watch: notice.watch,
    stop: () => {
      for (const end of deaf) end()
      notice.stop()
    },
  }
}

/** Submits a run to the shard of its session, key or id. */
export async function submitTo({ shards, locator, now }: Router, submit: Submit): Promise<SubmitOutcome> {
  const place = await locator.placeOf(submit)
  const taken = await takeKey(shards, submit, place, now())
  if ('refusal' in taken) return taken.refusal
  await locator.point(submit, place)
  const outcome = await shardAt(shards, place).shard.write(submitOperation(submit, taken.turn))
  if ('record' in outcome) locator.saw(outcome.record.tenant, outcome.record.run, place)
  return outcome
}

async function append(router: Router, commit: Commit): Promise<CommitOutcome> {
  const here = await router.locator.find(commit.tenant, commit.run)
  if (isPlain(commit)) return here.shard.write(appendOperation(commit))
  const { local, parcels } = await share(router, commit, here.shard.number)
  const outcome = await reserve(router, here, commit, () => here.shard.write(appendOperation(local, parcels)))
  if (outcome.kind === 'committed' && parcels !== undefined) await deliverNow(router, here)
  return outcome
}

function isPlain({ messages, submits, reserves, raises }: Commit): boolean {
  return messages === undefined && submits === undefined && reserves === undefined && raises === undefined
}

// It is durable, and whoever looks next delivers what this process could not.
async function deliverNow({ shards, log }: Router, here: ShardStore): Promise<void> {
  try {
    await emptyOutbox(shards, here)
  } catch (reason) {
    log.warn({ shard: here.shard.number, error: PolisError.from(reason) }, 'what a commit says to other shards waits')
  }
}

// What of a commit is for its own shard, and what for others.
async function share({ shards, locator, now }: Router, commit: Commit, here: number) {
  const parcels: Parcel[] = []
  const { messages = [], submits = [], raises = [], reserves = [], ...rest } = commit
  const places = await Promise.all(
    messages.map(({ tenant, run }) => placeOf(locator, commit, submits, tenant, run, here)),
  )
  const mine = messages.filter((_, at) => places[at] === here)
  for (const [at, message] of messages.entries()) {
    const place = places[at] ?? here
    if (place !== here) parcels.push(parcel(place, deliverOperation(message)))
  }
  const own: Submit[] = []
  for (const submit of submits) {
    const place = await locator.placeOf(submit, here)
    const taken = await takeKey(shards, submit, place, now())
    if ('refusal' in taken) continue
    await locator.point(submit, place)
    if (place === here) own.push(submit)
    else parcels.unshift(parcel(place, sentOperation(submit, taken.turn)))
  }
  const { tenant } = commit
  const near = raises.filter(({ key }) => homeOf(shards, { tenant, key }, here) === here)
  for (const { id, key, amounts } of raises) {
    const home = homeOf(shards, { tenant, key }, here)
    const raise = plainOperation(['raise', tenant, id, key, amounts.tokens, amounts.nanos], readNothing)
    if (home !== here) parcels.push(parcel(home, raise))
  }
  const local: Commit = {
    ...rest,
    ...(mine.length === 0 ? undefined : { messages: mine }),
    ...(own.length === 0 ? undefined : { submits: own }),
    ...(near.length === 0 ? undefined : { raises: near }),
    ...(reserves.length === 0
      ? undefined
      : { reserves: reserves.map((reservation) => onSlices(shards, tenant, reservation, here)) }),
  }
  return { local, parcels: parcels.length === 0 ? undefined : parcels }
}

function sentOperation(submit: Submit, turn: number | undefined): Operation<void> {
  const pack = (out: Packer) => {
    out.array(2)
    out.text('submit-sent')
    packSubmit(out, submit, turn)
  }
  return { pack, read: readNothing }
}

async function placeOf(
  locator: Locator,
  commit: Commit,
  submits: readonly Submit[],
  tenant: string,
  run: string,
  here: number,
): Promise<number> {
  if (run === commit.run && tenant === commit.tenant) return here
  const submitted = submits.find(({ record }) => record.run === run && record.tenant === tenant)
  return submitted === undefined
    ? (await locator.find(tenant, run)).shard.number
    : await locator.placeOf(submitted, here)
}

// Tries the commit, with more of the budgets that live elsewhere for as long as they have it.
async function reserve(
  { shards }: Router,
  here: ShardStore,
  commit: Commit,
  tryIt: () => Promise<CommitOutcome>,
): Promise<CommitOutcome> {
  const recalled = new Set<string>()
  for (;;) {
    const outcome = await tryIt()
    if (outcome.kind !== 'over-budget') return outcome
    const name = { tenant: commit.tenant, key: outcome.key }
    if (homeOf(shards, name, here.shard.number) === here.shard.number) {
      // Other shards may have some of it that they do not need.
      if (recalled.has(outcome.key) || !(await recall(shards, here, name))) return outcome
      recalled.add(outcome.key)
      continue
    }
    const overrun = await extendSlice(shards, here, name, limitsOf(commit, outcome.key), outcome)
    if (overrun !== undefined) return { kind: 'over-budget', ...overrun }
  }
}

function limitsOf({ reserves = [] }: Commit, key: string): BudgetLimits {
  return reserves.flatMap(({ budgets }) => budgets).findLast((budget) => budget.key === key)?.limits ?? {}
}
