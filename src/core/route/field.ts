import { z } from 'zod'
import { type Duration, parseDuration } from '../duration.ts'
import { PolisError } from '../error.ts'
import { isKey, isName, isRunId, NAME_RULE } from '../name.ts'

/** How a field is shown in the OpenAPI document where its schema reads text into something else. */
export const shownAs = z.registry<Record<string, unknown>>()

/** A run's id, in a path or a query. */
export const runId = z
  .string()
  .refine(isRunId, { error: 'expected a run id such as run_01k…, 26 characters after run_' })

/** A name of an agent or a schedule. */
export const name = z.string().refine(isName, { error: `expected ${NAME_RULE}` })

/** A name of an agent, one of the runtime's own (`polis.eval`) included. */
export const anyAgent = z.string().refine((given) => isName(given.replace(/^polis\./, '')), {
  error: `expected ${NAME_RULE}, or a name of the runtime's own such as polis.webhook`,
})

/** A key that a client chose: of a session, of idempotency, of a message. */
export const key = z.string().refine(isKey, { error: 'expected 1 to 255 printable ASCII characters without spaces' })

/** A whole number in a query or a header, as text. Gives the number, or undefined. */
export function wholeNumber(minimum: number, maximum: number) {
  const field = readNumber(minimum, maximum).optional()
  shownAs.add(field, { type: 'integer', minimum, maximum })
  return field
}

/** A whole number in a query, or what it is when it is absent. */
export function wholeNumberOr(byDefault: number, minimum: number, maximum: number) {
  const field = readNumber(minimum, maximum)
    .optional()
    .transform((given) => given ?? byDefault)
  shownAs.add(field, { type: 'integer', minimum, maximum, default: byDefault })
  return field
}

/** A time in a query: ISO 8601, or milliseconds since the epoch. Gives milliseconds. */
export function time(description: string) {
  const field = z
    .string()
    .optional()
    .transform((text, context) => {
      const at = text === undefined ? undefined : readTime(text)
      if (at !== undefined && Number.isNaN(at))
        context.addIssue(`expected a time such as 2026-01-31T12:00:00Z, got '${text?.slice(0, 40)}'`)
      return at
    })
  shownAs.add(field, { type: 'string', description, examples: ['2026-01-31T12:00:00Z', '1769860800000'] })
  return field
}

/** A duration in a query, such as `10s`. Gives milliseconds. */
export function duration(description: string) {
  const field = z
    .string()
    .optional()
    .transform((text, context) => {
      try {
        return text === undefined ? undefined : parseDuration(text as Duration, 'wait')
      } catch (reason) {
        context.addIssue(PolisError.from(reason).message)
        return z.NEVER
      }
    })
  shownAs.add(field, { type: 'string', description, examples: ['10s', '1m'] })
  return field
}

/** A choice in a query, as `true` or `false`. Gives a boolean, or undefined. */
export function yes(description: string) {
  const field = z
    .enum(['true', 'false'])
    .optional()
    .transform((text) => (text === undefined ? undefined : text === 'true'))
  shownAs.add(field, { type: 'boolean', description })
  return field
}

/** A parameter that may be given several times. Gives the list, or undefined. */
export function repeated<Item extends z.ZodType<unknown, string>>(item: Item, description?: string) {
  const list = z.preprocess(
    (given) => (given === undefined || Array.isArray(given) ? given : [given]),
    z.array(item).max(100).optional(),
  )
  const about = description === undefined ? {} : { description }
  shownAs.add(list, { type: 'array', items: describe(item), ...about })
  return list
}

/** Tags, in a body. */
export const tags = z
  .record(z.string().min(1).max(64), z.string().max(256))
  .refine((given) => Object.keys(given).length <= 50, { error: 'expected at most 50 tags' })

/** A tag in a query. */
export function tagText() {
  return z.string().regex(/^[^:]{1,64}:[\s\S]{0,256}$/, 'expected a tag as name:value, such as team:blue')
}

/** Where a page of a list begins, in a query. */
export const pageFields = { limit: wholeNumberOr(50, 1, 1000), cursor: z.string().max(2000).optional() }

function describe(item: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...shown } = z.toJSONSchema(item, { io: 'input' })
  return shown
}

function readNumber(minimum: number, maximum: number) {
  const expected = `expected a whole number from ${minimum} to ${maximum}`
  return z
    .string(expected)
    .regex(/^-?\d{1,16}$/, expected)
    .transform(Number)
    .pipe(z.number().min(minimum, expected).max(maximum, expected))
}

function readTime(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  return /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN
}
