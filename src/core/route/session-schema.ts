import { z } from 'zod'
import { type Duration, parseDuration } from '../duration.ts'
import { PolisError } from '../error.ts'
import { key, name, pageFields, repeated, shownAs, tags, tagText, wholeNumberOr } from './field.ts'
import { recordedError, waitQuery } from './run-schema.ts'

const milliseconds = z.number().describe('Milliseconds since the Unix epoch.')

/** A conversation. */
export const sessionView = z
  .object({
    session: z.string(),
    agent: z.string().describe('Answers the messages of the session.'),
    title: z.string().optional(),
    tags: z.record(z.string(), z.string()).readonly(),
    ttl: z
      .number()
      .optional()
      .describe('Milliseconds after its last change until it is removed with its runs; absent: it stays.'),
    state: z.unknown(),
    version: z.number(),
    active: z.string().optional().describe('Its unfinished run, if any.'),
    waiting: z.number().describe('Runs that wait for their turn.'),
    createdAt: milliseconds,
    updatedAt: milliseconds,
  })
  .meta({ id: 'Session', description: 'A conversation: runs that follow one another and share state.' })

/** A page of sessions. */
export const sessionPage = z.object({ items: z.array(sessionView).readonly(), cursor: z.string().optional() })

/** `{session}` in a path. */
export const sessionParams = z.object({ session: key })

/** Which sessions to list. */
export const sessionQuery = z.object({
  agent: name.optional(),
  tag: repeated(tagText(), 'A tag as `name:value`; of several, sessions have all.'),
  active: flag('With an unfinished run, or without one.'),
  ...pageFields,
})

const title = z.string().trim().min(1).max(200)

/** A session to begin. */
export const sessionBody = z
  .strictObject({
    session: key.optional().describe('Its id; by default one is made up.'),
    agent: name,
    title: title.optional(),
    tags: tags.optional(),
    ttl: timeToLive().optional(),
  })
  .meta({ id: 'CreateSession', description: 'A session to begin.' })

/** What is to be changed of a session. */
export const sessionChange = z
  .strictObject({
    title: title
      .nullable()
      .optional()
      .describe('Runs of the session do not change it any more, until it is null again.'),
    tags: tags.optional().describe('All of them.'),
    ttl: timeToLive().nullable().optional(),
  })
  .meta({ id: 'ChangeSession', description: 'What to change of a session; absent: stays, null: is taken away.' })

const attachment = z.strictObject({
  blob: z.string().regex(/^[0-9a-f]{64}$/, 'expected the hash of a stored blob'),
  mediaType: z.string().min(1).max(255).optional().describe('By default that of the blob.'),
  name: z.string().min(1).max(1000).optional().describe('By default that of the blob.'),
})

/** A message to a session. */
export const sessionMessage = z
  .strictObject({
    message: z.string().min(1).max(1_000_000),
    attachments: z.array(attachment).max(100).readonly().optional(),
    policy: z
      .enum(['enqueue', 'reject', 'interrupt', 'rollback'])
      .optional()
      .describe("What happens while another message is being answered; by default the agent's own policy."),
    tags: tags.optional().describe('Of the run.'),
  })
  .meta({ id: 'SessionMessage', description: 'A message that starts a run of the agent of the session.' })

/** How long to wait for the answer. */
export const sessionMessageQuery = waitQuery

const cursor = z.string().max(200)

/** Where a stream of a session begins. */
export const sessionFollowQuery = z.object({
  after: cursor.optional().describe('From an earlier event, or a page of messages.'),
})

/** The header that a reconnecting client sends; it goes before `after`. */
export const sessionFollowHeaders = z.object({ 'last-event-id': cursor.optional() })

/** Which messages to read. */
export const transcriptQuery = z.object({ after: cursor.optional(), limit: wholeNumberOr(100, 1, 1000) })

/** One message of a conversation. */
const transcriptMessage = z
  .object({
    role: z
      .enum(['user', 'assistant', 'tool', 'question', 'answer'])
      .describe('`tool` is a call of one; `question` and `answer` are what a human was asked and said.'),
    run: z.string(),
    time: milliseconds,
    text: z.string().describe('Of a tool: its arguments in short.'),
    by: z.string().optional().describe('Who said it, where that is known.'),
    name: z.string().optional().describe('The tool.'),
    attachments: z
      .array(z.object({ blob: z.string(), mediaType: z.string().optional(), name: z.string().optional() }))
      .readonly()
      .optional(),
    scripted: z.literal(true).optional().describe('It stands in a script: no model thought it.'),
    error: recordedError.optional().describe('Why there is no answer, or no result of the tool.'),
  })
  .meta({ id: 'Message', description: 'A message of a conversation, as people read it.' })

/** Messages of a conversation. */
export const transcriptPage = z.object({
  items: z
    .array(transcriptMessage)
    .readonly()
    .describe('Oldest first; a page ends with a run, so it may hold more than `limit`.'),
  position: z.string().describe('Where the stream of the session goes on after these.'),
  cursor: z.string().optional().describe('Where more of them begin.'),
  unfinished: z
    .object({ run: z.string(), position: z.string() })
    .optional()
    .describe('The run that goes on, and where its part of the stream began: follow from there to see it whole.'),
})

function timeToLive() {
  const field = z.union([z.string(), z.number()]).transform((given, context) => {
    try {
      const ttl = parseDuration(given as Duration, 'ttl')
      if (ttl >= 1000) return ttl
      context.addIssue('expected at least 1s')
    } catch (reason) {
      context.addIssue(PolisError.from(reason).message)
    }
    return z.NEVER
  })
  const description = 'How long it stays after its last change, as `30d` or in milliseconds.'
  shownAs.add(field, { type: ['string', 'number'], description, examples: ['30d', 86_400_000] })
  return field
}

function flag(description: string) {
  const field = z
    .enum(['true', 'false'])
    .optional()
    .transform((given) => (given === undefined ? undefined : given === 'true'))
  shownAs.add(field, { type: 'boolean', description })
  return field
}
