import { z } from 'zod'
import { RUN_STATUSES } from '../run.ts'
import { costView } from './cost-schema.ts'
import {
  anyAgent,
  duration,
  key,
  name,
  repeated,
  runId,
  tags,
  tagText,
  time,
  wholeNumber,
  wholeNumberOr,
  yes,
} from './field.ts'

/** Every status that a client can see. */
const VIEW_STATUSES = [...RUN_STATUSES, 'waiting-for-release'] as const

const milliseconds = z.number().describe('Milliseconds since the Unix epoch.')

/** An error as journals record it. */
export const recordedError = z
  .object({
    code: z.string(),
    message: z.string(),
    name: z.string().optional(),
    details: z.record(z.string(), z.unknown()).readonly().optional(),
  })
  .meta({ id: 'RecordedError', description: 'An error as the journal has it.' })

/** A run as clients see it. */
export const runView = z
  .object({
    tenant: z.string(),
    run: z.string(),
    agent: z.string(),
    release: z.string().describe('Release that the run began with and continues on.'),
    status: z.enum(VIEW_STATUSES),
    reason: z.string().optional().describe('One line on why it stands so.'),
    session: z.string().optional(),
    parent: z.object({ run: z.string(), step: z.string() }).optional(),
    priority: z.number(),
    tags: z.record(z.string(), z.string()).readonly(),
    epoch: z.number().describe('Raised by each claim of a worker.'),
    sequence: z.number().describe("Sequence number of the journal's last entry."),
    bytes: z.number().describe('Payload bytes in the journal.'),
    snapshot: z.number().optional().describe('Sequence number of the snapshot that it resumes from.'),
    worker: z.string().optional(),
    crashes: z.number().describe('Workers that died holding it since it last made progress.'),
    createdAt: milliseconds,
    updatedAt: milliseconds,
    wakeAt: milliseconds.optional(),
    endedAt: milliseconds.optional(),
    archivedAt: milliseconds.optional().describe('When it left the store for the archive.'),
    output: z.unknown().optional().describe('Present once completed.'),
    error: recordedError.optional(),
    cost: costView
      .optional()
      .describe('What it and the runs below it have cost so far; absent in lists, and without model calls.'),
    continuedAs: z.string().optional().describe('For `continued`: the run that went on.'),
  })
  .meta({ id: 'Run', description: 'A run. More fields may come: ignore those you do not know.' })

/** A page of runs. */
export const runPage = z.object({
  items: z.array(runView).readonly(),
  cursor: z.string().optional(),
  archived: z
    .literal(true)
    .optional()
    .describe('On the last page: more runs that match are in the archive; `archived=true` lists them.'),
})

const POLICIES = ['enqueue', 'reject', 'interrupt', 'rollback'] as const

/** What a run is started with. */
export const submitBody = z
  .strictObject({
    agent: name,
    input: z.unknown().optional().describe("Checked against the agent's input schema."),
    session: key.optional().describe('The runs of a session follow one another and share its state.'),
    policy: z
      .enum(POLICIES)
      .optional()
      .describe("What happens while another run of the session is active; by default the agent's own policy."),
    tags: tags.optional(),
    priority: z.int().min(-100).max(100).optional().describe('Higher goes first; 0 is usual.'),
    notBefore: z
      .union([z.number().min(0).max(8.64e15), z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))])
      .optional()
      .describe('ISO 8601, or milliseconds since the epoch.'),
    webhook: z
      .url({ protocol: /^https?$/ })
      .max(2000)
      .optional()
      .describe('Told when the run ends, until it answers 2xx.'),
  })
  .meta({ id: 'Submit', description: 'A run to start.' })

/** Headers that a submit understands. */
export const submitHeaders = z.object({
  'idempotency-key': key.optional().describe('The same key, tenant and agent start one run only.'),
  prefer: z.string().optional().describe('`wait=N`: answer when the run has ended, at most N seconds later.'),
})

/** How long to wait for a run's end. */
export const waitQuery = z.object({
  wait: duration('Answer when the run has ended, or after this time; at most 5 minutes.'),
})

/** `submitAgentRun` has its options in the query. */
export const submitAgentQuery = waitQuery.extend({
  session: key.optional(),
  tag: repeated(tagText(), 'A tag as `name:value`; may be repeated.'),
})

/** Which runs to list. */
export const runQuery = z.object({
  agent: anyAgent.optional(),
  status: repeated(z.enum(RUN_STATUSES)),
  session: key.optional(),
  parent: runId.optional(),
  release: z.string().max(255).optional(),
  tag: repeated(tagText(), 'A tag as `name:value`; of several, runs have all.'),
  createdFrom: time('Created at or after: ISO 8601, or milliseconds since the epoch.'),
  createdTo: time('Created before.'),
  archived: yes('Runs that left the store for the archive, in the place of those in the store.'),
  limit: wholeNumberOr(50, 1, 1000),
  cursor: z.string().max(2000).optional().describe('From the previous page.'),
})

/** `{run}` in a path. */
export const runParams = z.object({ run: runId })

/** Reason of a cancel. */
export const cancelBody = z.strictObject({ reason: z.string().max(1000).optional() }).optional()

/** Where a fork begins. */
export const forkBody = z
  .strictObject({
    at: z.int().min(1).optional().describe('Sequence number of the last entry to keep; by default all before the end.'),
  })
  .optional()

/** A message to a run. */
export const messageBody = z.strictObject({
  name,
  data: z.unknown().optional(),
  id: key.optional().describe('The same id is delivered once.'),
})

/** Which entries to read. */
export const entryQuery = z.object({
  after: wholeNumberOr(0, 0, Number.MAX_SAFE_INTEGER),
  limit: wholeNumberOr(100, 1, 1000),
})

/** Where a stream begins. */
export const followQuery = z.object({ after: wholeNumber(0, Number.MAX_SAFE_INTEGER) })

/** The header that a reconnecting client sends; it goes before `after`. */
export const followHeaders = z.object({ 'last-event-id': wholeNumber(0, Number.MAX_SAFE_INTEGER) })

/** A journal entry as clients see it. */
export const entryView = z
  .object({
    sequence: z.number().describe('From 1, without gaps.'),
    kind: z.string().describe('What happened, such as `step-completed`.'),
    time: milliseconds,
    data: z.unknown().describe('What an entry of this kind says.'),
  })
  .meta({ id: 'Entry', description: 'An entry of the journal.' })

/** Some entries of a journal, in order. */
export const entryList = z.object({ items: z.array(entryView).readonly() })
