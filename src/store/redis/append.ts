import type { RunStatus } from '../../core/run.ts'
import type { Commit, CommitOutcome, Transition } from '../journal.ts'
import { isProgress } from '../progress.ts'
import type { Answer } from './answer.ts'
import { messageParts } from './deliver.ts'
import { blobsOf, bytesOf, disorderOf, packEntries } from './entry.ts'
import type { Operation } from './operation.ts'
import type { Packer } from './pack.ts'
import { idOf } from './record.ts'
import { chargeParts, raiseParts, reservationParts, settlementParts } from './spend.ts'
import { packSubmit } from './submit.ts'

/** Does a commit. */
export function appendOperation(commit: Commit): Operation<CommitOutcome> {
  return { pack: (out) => packCommit(out, commit), entries: commit.entries.length, read: readOutcome }
}

function packCommit(out: Packer, commit: Commit): void {
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
  packRest(out, commit)
}

function nextParts(next: Transition) {
  const at = next.status === 'suspended' ? next.wakeAt : next.status === 'queued' ? next.at : undefined
  const to = next.status === 'continued' ? next.to : undefined
  return [next.status, next.reason, at, to]
}

type Part = readonly [name: string, pack: (out: Packer) => void]

// What few commits have; nil where this one has nothing of it.
function packRest(out: Packer, commit: Commit): void {
  const parts = partsOf(commit)
  if (parts.length === 0) return out.value(undefined)
  out.map(parts.length)
  for (const [name, pack] of parts) {
    out.text(name)
    pack(out)
  }
}

function partsOf(commit: Commit): readonly Part[] {
  const { entries, session, submits, messages, asks, reserves, settles, charges, raises } = commit
  const parts: Part[] = []
  const put = (name: string, value: Parameters<Packer['value']>[0]) => {
    if (value !== undefined) parts.push([name, (out) => out.value(value)])
  }
  if (commit.seize === true) put('seize', true)
  put('broken', disorderOf(entries, commit, entries[0]?.sequence ?? 0))
  put('consumed', commit.consumed)
  put('closes', commit.closes)
  put('withdraws', commit.withdraws)
  put('state', session === 'restore' ? true : session?.state)
  put('title', commit.title)
  put('blobs', blobsOf(entries, commit.blobs))
  put('snapshot', commit.snapshot)
  put('messages', messages?.map(messageParts))
  put(
    'asks',
    asks?.map(({ id, agent, askedAt, assignee, deadline, payload }) => [
      id,
      agent,
      askedAt,
      assignee,
      deadline,
      payload,
    ]),
  )
  put(
    'reserves',
    reserves?.map((reservation) => reservationParts(reservation, commit.run)),
  )
  put('settles', settles?.map(settlementParts))
  put(
    'charges',
    charges?.map((charge) => chargeParts(charge, commit.run)),
  )
  put('raises', raises?.map(raiseParts))
  if (submits !== undefined) {
    parts.push([
      'submits',
      (out) => {
        out.array(submits.length)
        for (const submit of submits) packSubmit(out, submit)
      },
    ])
  }
  return parts
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
