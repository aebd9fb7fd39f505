import { z } from 'zod'
import type { Charge } from '../../core/budget.ts'
import type { Entry } from '../../core/entry.ts'
import { RUN_STATUSES, type RunRecord } from '../../core/run.ts'
import type { ScheduleRecord } from '../coordination.ts'
import type { Message, Question } from '../journal.ts'
import type { Row } from '../transfer-row.ts'

/** Bytes are base64 in the file. */
export const bytes = z.base64().transform((text): Uint8Array => Uint8Array.fromBase64(text))

const text = z.string()
const whole = z.int()
const time = z.number()
const tags = z.record(z.string(), z.string())

const record: z.ZodType<RunRecord> = z.object({
  ...{ tenant: text, run: text, agent: text, release: text, status: z.enum(RUN_STATUSES), reason: text.optional() },
  ...{ session: text.optional(), parent: z.object({ run: text, step: text }).optional(), priority: z.number(), tags },
  ...{
    epoch: whole,
    sequence: whole,
    bytes: whole,
    snapshot: whole.optional(),
    worker: text.optional(),
    crashes: whole,
  },
  ...{ createdAt: time, updatedAt: time, wakeAt: time.optional(), endedAt: time.optional() },
})

const entry: z.ZodType<Entry> = z.object({
  ...{ version: whole, tenant: text, run: text, sequence: whole, epoch: whole, time, release: text, payload: bytes },
  // Whatever a release calls it: the engine knows its kinds, stores do not.
  ...{ kind: text as unknown as z.ZodType<Entry['kind']>, blob: text.optional() },
})

const sums = z.object({ tokens: z.number(), nanos: z.number() })
const limits = z.object({ tokens: z.number().optional(), nanos: z.number().optional() })
const usage = z.object({
  ...{ input: z.number(), cachedInput: z.number(), cacheWrite: z.number(), output: z.number(), reasoning: z.number() },
})
const charge: z.ZodType<Charge> = z.object({
  ...{ id: text, run: text, agent: text, session: text.optional(), tags, time, provider: text, model: text, usage },
  ...{ nanos: z.number().optional(), assumed: z.literal(true).optional() },
})
const reservation = z.object({
  ...{ id: text, amounts: z.object({ tokens: z.number(), nanos: z.number().optional() }), keys: z.array(text), charge },
})

const message: z.ZodType<Message> = z.object({
  ...{ tenant: text, run: text, id: text, kind: z.enum(['cancel', 'pause', 'answer', 'event', 'child']) },
  ...{ payload: bytes, time, closes: text.optional() },
})
const question: z.ZodType<Question> = z.object({
  ...{ tenant: text, run: text, id: text, agent: text, assignee: text.optional(), askedAt: time },
  ...{ deadline: time.optional(), payload: bytes },
})
const turn = z.object({ place: whole, run: text, after: whole, until: whole.optional() })

const schedule: z.ZodType<ScheduleRecord> = z.object({
  ...{ tenant: text, name: text, agent: text, cron: text, timeZone: text, missed: z.enum(['skip', 'once', 'all']) },
  ...{ input: bytes, paused: z.boolean(), nextAt: time.optional(), lastAt: time.optional(), lastRun: text.optional() },
  ...{ source: z.enum(['project', 'api']) },
})

const run = z.object({
  ...{ kind: z.literal('run'), record, queuedAt: time, blobs: z.array(text), turns: z.array(turn) },
  ...{ key: z.object({ key: text, inputHash: text, endsAt: time.optional() }).optional(), inbox: z.array(message) },
  ...{ consumed: z.array(text), questions: z.array(question), reservations: z.array(reservation) },
  ...{ charges: z.array(charge) },
})
const session = z.object({
  ...{ kind: z.literal('session'), tenant: text, session: text, agent: text, title: text.optional(), tags },
  ...{ named: z.boolean(), ttl: z.number().optional(), state: bytes, before: bytes, version: whole, counted: whole },
  ...{ active: text.optional(), blocked: z.array(text), createdAt: time, updatedAt: time },
})
const budget = z.object({
  ...{ kind: z.literal('budget'), tenant: text, key: text, limits, raised: sums, settled: sums },
  ...{ createdAt: time, updatedAt: time },
})
const key = z.object({
  ...{ kind: z.literal('key'), tenant: text, agent: text, key: text, inputHash: text, endsAt: time.optional() },
  run: record,
})
const blob = z.object({
  ...{ kind: z.literal('blob'), tenant: text, hash: text, size: whole, name: text.optional() },
  mediaType: text.optional(),
})

/** A row as a line of an export has it. */
export const rowSchema: z.ZodType<Row> = z.discriminatedUnion('kind', [
  run,
  z.object({ kind: z.literal('entries'), tenant: text, run: text, entries: z.array(entry) }),
  session,
  budget,
  z.object({ kind: z.literal('raise'), tenant: text, id: text, time }),
  z.object({ kind: z.literal('charge'), tenant: text, charge }),
  key,
  z.object({ kind: z.literal('schedule'), schedule }),
  blob,
])

/** The row as JSON of a line: what `rowSchema` reads. */
export function encodeRow(row: Row): object {
  switch (row.kind) {
    case 'run':
      return { ...row, inbox: row.inbox.map(withPayload), questions: row.questions.map(withPayload) }
    case 'entries':
      return { ...row, entries: row.entries.map(withPayload) }
    case 'session':
      return { ...row, state: base64(row.state), before: base64(row.before) }
    case 'schedule':
      return { ...row, schedule: { ...row.schedule, input: base64(row.schedule.input) } }
    default:
      return row
  }
}

/** Bytes as the file has them. */
export function base64(given: Uint8Array): string {
  return given.toBase64()
}

function withPayload<T extends { readonly payload: Uint8Array }>(item: T) {
  return { ...item, payload: base64(item.payload) }
}
