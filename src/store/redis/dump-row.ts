import type { Charge } from '../../core/budget.ts'
import type { RunRecord } from '../../core/run.ts'
import type { BudgetRow, ChargeRow, KeyRow, OpenReservation, RaiseRow, RunRow, SessionRow } from '../transfer-row.ts'
import type { Answer } from './answer.ts'
import { readBudget } from './costs.ts'
import { readMessage } from './deliver.ts'
import { readAll } from './operation.ts'
import { readQuestion } from './question-list.ts'
import { readRecord, readTags, splitId } from './record.ts'
import { turnOf } from './session-list.ts'

/** Reads what `dump-runs` gives: a run, or the session of one that is open. */
export function readFamilyRow(answer: Answer, tenant: string): RunRow | SessionRow | undefined {
  answer.array()
  if (answer.text() === 'run') return readRunRow(answer)
  if (answer.kind() === 'array') return readSessionRow(answer, tenant)
  answer.skip()
  return undefined
}

function readRunRow(answer: Answer): RunRow {
  answer.array()
  const record = readRecord(answer)
  const queuedAt = answer.number()
  const key = readKey(answer)
  const blobs = readAll(answer, (one) => one.text()).sort()
  const turns = readAll(answer, (one) => turnOf(one.text()))
  const inbox = readAll(answer, (one) => readMessage(one, record))
  const consumed = readAll(answer, (one) => one.text()).sort()
  const questions = readAll(answer, (one) => readAsked(one, record)).sort(byId)
  const reservations = readAll(answer, readReservation).sort(byId)
  const charges = readAll(answer, readCharge).sort(byId)
  return {
    ...{ kind: 'run', record, queuedAt, blobs, ...(key === undefined ? {} : { key }), turns, inbox, consumed },
    ...{ questions, reservations, charges },
  }
}

function readKey(answer: Answer): RunRow['key'] {
  if (answer.kind() !== 'array') return void answer.skip()
  answer.array()
  const [key, inputHash, endsAt] = [answer.text(), answer.text(), answer.maybeNumber()]
  return { key, inputHash, ...(endsAt === undefined ? {} : { endsAt }) }
}

function readAsked(answer: Answer, { tenant, run }: RunRecord) {
  answer.array()
  return readQuestion(answer, { tenant, run, id: answer.text() })
}

function readReservation(answer: Answer): OpenReservation {
  answer.array()
  const [id, tokens, nanos] = [answer.text(), answer.number(), answer.maybeNumber()]
  const keys = readAll(answer, (one) => one.text())
  return { id, amounts: { tokens, ...(nanos === undefined ? {} : { nanos }) }, keys, charge: readCharge(answer) }
}

// Written by `chargeParts`.
function readCharge(answer: Answer): Charge {
  return JSON.parse(answer.text()) as Charge
}

/** Reads a session whole: its name, its fields in the order of the library's WHOLE_SESSION, and who waits. */
export function readSessionRow(answer: Answer, tenant: string): SessionRow {
  answer.array()
  const session = answer.text()
  answer.array()
  const [agent, createdAt, updatedAt, version] = [answer.text(), count(answer), count(answer), count(answer)]
  const [state, before, counted] = [answer.bytes(), answer.bytes(), count(answer)]
  const [active, title, named] = [answer.maybeText(), answer.maybeText(), answer.maybeText()]
  const [tags, ttl] = [readTags(answer), answer.maybeText()]
  const blocked = readAll(answer, (one) => one.text())
  return {
    ...{ kind: 'session', tenant, session, agent, named: named !== undefined, blocked, createdAt, updatedAt },
    ...{ tags, state, before, version, counted },
    ...(active === undefined ? {} : { active }),
    ...(title === undefined ? {} : { title }),
    ...(ttl === undefined ? {} : { ttl: Number(ttl) }),
  }
}

/** Reads a budget. */
export function readBudgetRow(answer: Answer, tenant: string): BudgetRow {
  const { reserved, ...budget } = readBudget(answer, tenant)
  return { kind: 'budget', ...budget }
}

/** Reads a raise. */
export function readRaiseRow(answer: Answer, tenant: string): RaiseRow {
  answer.array()
  return { kind: 'raise', tenant, id: answer.text(), time: answer.number() }
}

/** Reads a charge whose run was removed. */
export function readChargeRow(answer: Answer, tenant: string): ChargeRow {
  return { kind: 'charge', tenant, charge: readCharge(answer) }
}

/** Reads a key whose run was removed: `tenant:agent:key`, its hash, its end, and the record. */
export function readKeyRow(answer: Answer): KeyRow {
  answer.array()
  const { tenant, run: rest } = splitId(answer.text())
  const { tenant: agent, run: key } = splitId(rest)
  const [inputHash, endsAt] = [answer.text(), answer.maybeNumber()]
  return {
    kind: 'key',
    tenant,
    agent,
    key,
    inputHash,
    ...(endsAt === undefined ? {} : { endsAt }),
    run: readRecord(answer),
  }
}

/** What a blob is called. */
export interface BlobName {
  readonly kind: 'name'
  readonly tenant: string
  readonly hash: string
}

/** Reads the name of a blob: `tenant:hash`. */
export function readBlobName(answer: Answer): BlobName {
  const { tenant, run: hash } = splitId(answer.text())
  return { kind: 'name', tenant, hash }
}

function count(answer: Answer): number {
  return Number(answer.text())
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : 1
}
