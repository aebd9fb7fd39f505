import { z } from 'zod'
import { OPTION_STYLES } from '../question.ts'
import { name, pageFields, runId } from './field.ts'

const milliseconds = z.number().describe('Milliseconds since the Unix epoch.')
const jsonSchema = z.unknown().describe('JSON Schema 2020-12.')

/** A question that a run asks a human. */
export const questionView = z
  .object({
    run: z.string(),
    agent: z.string(),
    id: z.string().describe('What `answerQuestion` wants; it contains slashes.'),
    question: z.string(),
    schema: jsonSchema,
    about: z.unknown().optional(),
    options: z
      .array(
        z.object({
          value: z.unknown().describe('The answer itself.'),
          label: z.string().optional(),
          style: z.enum(OPTION_STYLES).optional(),
        }),
      )
      .readonly()
      .optional()
      .describe('Answers that it suggests.'),
    assignee: z.string().optional().describe('Who should answer; not enforced.'),
    askedAt: milliseconds,
    deadline: milliseconds.optional(),
    otherwise: z
      .object({ answer: z.unknown() })
      .optional()
      .describe('What is taken as the answer at the deadline; without it the asking code gets TIMEOUT.'),
  })
  .meta({ id: 'Question', description: 'An open question to a human.' })

/** A page of questions. */
export const questionPage = z.object({ items: z.array(questionView).readonly(), cursor: z.string().optional() })

/** `{run}` and `{question}` in a path. */
export const questionParams = z.object({ run: runId, question: z.string().min(1).max(2000) })

/** Which open questions to list. */
export const questionQuery = z.object({
  run: runId.optional(),
  agent: name.optional(),
  assignee: z.string().min(1).max(200).optional(),
  ...pageFields,
})

/** An answer. */
export const answerBody = z.strictObject({ answer: z.unknown().describe("Checked against the question's schema.") })

/** An agent as the catalogue has it. */
export const agentView = z
  .object({
    name: z.string(),
    description: z.string(),
    release: z.string(),
    input: jsonSchema,
    output: jsonSchema,
    limits: z.object({
      concurrency: z.number().optional(),
      duration: z.number().optional(),
      steps: z.number().optional(),
      stepTimeout: z.number().optional(),
    }),
    session: z.enum(['enqueue', 'reject', 'interrupt', 'rollback']),
  })
  .meta({ id: 'Agent', description: 'An agent that runs can be started of.' })

/** All agents. */
export const agentList = z.object({ items: z.array(agentView).readonly() })

/** `{agent}` in a path. */
export const agentParams = z.object({ agent: name })

/** A cron schedule. */
export const scheduleView = z
  .object({
    name: z.string(),
    agent: z.string(),
    cron: z.string(),
    timeZone: z.string(),
    missed: z.enum(['skip', 'once', 'all']),
    input: z.unknown(),
    paused: z.boolean(),
    nextAt: milliseconds.optional(),
    lastAt: milliseconds.optional(),
    lastRun: z.string().optional(),
    source: z.enum(['project', 'api']),
  })
  .meta({ id: 'Schedule', description: 'A schedule that starts runs of an agent.' })

/** All schedules. */
export const scheduleList = z.object({ items: z.array(scheduleView).readonly() })

/** `{schedule}` in a path. */
export const scheduleParams = z.object({ schedule: name })

/** A schedule to create, or to replace. */
export const scheduleBody = z
  .strictObject({
    agent: name,
    cron: z.string().min(1).max(200).describe('Five or six fields, or `@daily` and the like.'),
    timeZone: z.string().min(1).max(100).optional().describe('IANA name; by default UTC.'),
    missed: z
      .enum(['skip', 'once', 'all'])
      .optional()
      .describe(
        'What happens to ticks that nobody was up for, over a minute late; by default `once`: the last of them runs.',
      ),
    input: z.unknown().optional(),
    paused: z.boolean().optional(),
  })
  .meta({ id: 'PutSchedule', description: 'A schedule to create or replace.' })

/** A stored blob. */
export const blobView = z
  .object({
    hash: z.string().describe('SHA-256, lower-case hexadecimal.'),
    size: z.number().describe('Bytes.'),
    mediaType: z.string().optional(),
    name: z.string().optional(),
  })
  .meta({ id: 'Blob', description: 'Stored bytes.' })

/** `{hash}` in a path. */
export const blobParams = z.object({
  hash: z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256: 64 lower-case hexadecimal characters'),
})

/** What the headers of a blob say of it. */
export const blobHeaders = z.object({
  'content-type': z.string().max(255).optional().describe('Media type of the bytes.'),
  'polis-name': z.string().max(1000).optional().describe('Name of the file, percent-encoded UTF-8.'),
})

/** How many runs of a release of an agent are not over. */
export const releaseView = z
  .object({
    agent: z.string(),
    release: z.string(),
    count: z.number().describe('Its runs that are not over, of all tenants; at least 1.'),
  })
  .meta({ id: 'Release', description: 'A release of an agent that has runs which are not over.' })

/** All releases with such runs. */
export const releaseList = z.object({ items: z.array(releaseView).readonly() })

/** A worker process. */
export const workerView = z
  .object({
    worker: z.string(),
    host: z.string(),
    pid: z.number(),
    startedAt: milliseconds,
    draining: z.boolean(),
    releases: z.record(z.string(), z.string()).readonly().describe('Releases held, by agent.'),
  })
  .meta({ id: 'Worker', description: 'A process, or the part of one, that executes runs.' })

/** All workers. */
export const workerList = z.object({ items: z.array(workerView).readonly() })

/** What a 4xx or 5xx response says, as `application/problem+json` (RFC 9457). */
export const problem = z
  .object({
    type: z.string().describe('`urn:agentpolis:error:` and the code.'),
    title: z.string(),
    status: z.number(),
    detail: z.string().describe('What was expected, what was got, and what to do.'),
    code: z.string().describe('From the closed list of error codes.'),
    instance: z.string().describe('`urn:agentpolis:request:` and the id of the request, as in the logs.'),
    retryable: z.boolean().describe('Whether the same request may succeed later.'),
    errors: z
      .array(
        z.object({
          in: z.enum(['path', 'query', 'header', 'body']).optional(),
          path: z.string().describe('JSON path, such as `$.tags.team`.'),
          message: z.string(),
        }),
      )
      .readonly()
      .optional()
      .describe('Each thing that is wrong with the request.'),
    details: z.record(z.string(), z.unknown()).readonly().optional(),
  })
  .meta({ id: 'Problem', description: 'An error.' })
