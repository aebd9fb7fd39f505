import type { RunStatus } from '../../core/run.ts'
import type { Commit, CommitOutcome, Question, Submit, Transition } from '../journal.ts'
import { isProgress } from '../progress.ts'
import type { Answer } from './answer.ts'
import { messageParts } from './deliver.ts'
import { blobsOf, bytesOf, disorderOf, packEntries } from './entry.ts'
import type { Operation } from './operation.ts'
import type { Packer, Value } from './pack.ts'
import { packRare, type RarePart } from './rare.ts'
import { idOf } from './record.ts'
import { chargeParts, raiseParts, reservationParts, settlementParts } from './spend.ts'
import { packSubmit } from './submit.ts'

/** Does a commit, and keeps with it what it says to other shards. */
export function appendOperation(commit: Commit, parcels?: readonly Parcel[]): Operation<CommitOutcome> {
  const given = parcels === undefined ? commit : { ...commit, parcels }
  return { pack: (out) => packCommit(out, given), entries: commit.entries.length, read: readOutcome }
}

/** A packed operation for another shard. */
export interface Parcel {
  readonly shard: number
  readonly operation: Uint8Array
}

type Given = Commit & { readonly parcels?: readonly Parcel[] }

function packCommit(out: Packer, commit: Given): void {
  const { tenant, run, epoch, entries, next } = commit
  out.array(9)
  out.text('append')
  out.text(idOf(tenant, run))
  out.number(epoch)
  out.number(entries[0]?.sequence ?? 0)
  out.number(bytesOf(entries))
  out.value(isProgress(entries))
  packEntries(out, entries)
  out.value(next === undefined ? undefined : nextParts(next))
  packRare(out, RARE, commit)
}

function nextParts(next: Transition) {
  const at = next.status === 'suspended' ? next.wakeAt : next.status === 'queued' ? next.at : undefined
  const to = next.status === 'continued' ? next.to : undefined
  return [next.status, next.reason, at, to]
}

const RARE: readonly RarePart<Given>[] = [
  ['seize', ({ seize }) => (seize === true ? true : undefined)],
  ['broken', (commit) => disorderOf(commit.entries, commit, commit.entries[0]?.sequence ?? 0)],
  ['consumed', ({ consumed }) => consumed],
  ['closes', ({ closes }) => closes],
  ['withdraws', ({ withdraws }) => withdraws],
  ['state', ({ session }) => (session === 'restore' ? true : session?.state)],
  ['title', ({ title }) => title],
  ['blobs', ({ entries, blobs }) => blobsOf(entries, blobs)],
  ['snapshot', ({ snapshot }) => snapshot],
  ['outbox', ({ parcels }) => parcels?.map(({ shard, operation }) => [shard, operation])],
  ['messages', ({ messages }) => messages?.map(messageParts)],
  ['asks', ({ asks }) => asks?.map(questionParts)],
  ['reserves', ({ reserves, run }) => reserves?.map((reservation) => reservationParts(reservation, run))],
  ['settles', ({ settles }) => settles?.map(settlementParts)],
  ['charges', ({ charges, run }) => charges?.map((charge) => chargeParts(charge, run))],
  ['raises', ({ raises }) => raises?.map(raiseParts)],
  ['submits', ({ submits }) => (submits === undefined ? undefined : (out) => packSubmits(out, submits))],
]

function questionParts({ id, agent, askedAt, assignee, deadline, payload }: Question): Value {
  return [id, agent, askedAt, assignee, deadline, payload]
}

function packSubmits(out: Packer, submits: readonly Submit[]): void {
  out.array(submits.length)
  for (const submit of submits) packSubmit(out, submit)
}

function readOutcome(answer: Answer): CommitOutcome {
  // Written by the library.
  if (answer.kind() === 'text') return { kind: 'committed', status: answer.text() as RunStatus }
  answer.array()
  const kind = answer.text()
  if (kind === 'fenced') return { kind, epoch: answer.number() }
  if (kind === 'conflict') return { kind, reason: answer.text() }
  if (kind !== 'over-budget') return { kind: 'unread' }
  const key = answer.text()
  // Written by the library.
  const unit = answer.text() as 'tokens' | 'nanos'
  const [limit, settled, reserved, wanted] = [answer.number(), answer.number(), answer.number(), answer.number()]
  return { kind, key, unit, limit, settled, reserved, wanted }
}
