import { z } from 'zod'
import { COST_GROUPINGS } from '../budget.ts'
import { shownAs, time, wholeNumberOr } from './field.ts'

const milliseconds = z.number().describe('Milliseconds since the Unix epoch.')
const dollars = z.number().describe('US dollars.')

const usage = z.object({
  input: z.number().describe('All tokens of the prompts, those of the two next fields included.'),
  cachedInput: z.number(),
  cacheWrite: z.number(),
  output: z.number().describe('All tokens of the answers, reasoning included.'),
  reasoning: z.number(),
})

/** What some model calls cost. */
export const costView = z
  .object({
    calls: z.number(),
    tokens: z.number().describe('Of prompts and answers.'),
    usage,
    dollars: dollars.optional().describe('US dollars; absent when the price of none of the calls is known.'),
    unpriced: z.number().describe('Calls whose price is not known: what they cost is not in `dollars`.'),
    assumed: z
      .object({ calls: z.number(), tokens: z.number(), dollars })
      .describe('Of all this, calls whose outcome is not known, booked at the most that they can have cost.'),
  })
  .meta({ id: 'Cost', description: 'What model calls cost, as the ledger has it.' })

/** One row of a list of costs. */
const costRow = costView.extend({
  group: z.string().optional().describe('The agent, model, session, tag or day; absent for calls that have none.'),
})

/** Costs by group, and all together. */
export const costList = z.object({
  items: z.array(costRow).readonly(),
  total: costView.describe('Of all groups, also of those that `limit` left out.'),
})

/** How to sum up, and over what. */
export const costQuery = z.object({
  by: grouping(),
  from: time('Charged at or after: ISO 8601, or milliseconds since the epoch.'),
  to: time('Charged before.'),
  limit: wholeNumberOr(50, 1, 1000),
})

const amounts = z.object({ tokens: z.number(), dollars })

/** Where a budget stands. */
export const budgetView = z
  .object({
    key: z.string().describe('`run/ID`, `session/ID`, or `agent/NAME/DAY` with a day of UTC.'),
    limits: amounts.partial().describe('As the code of the last call said; without what was added since.'),
    raised: amounts.describe('Added by people.'),
    settled: amounts.describe('Used.'),
    reserved: amounts.describe('Held by calls under way.'),
    createdAt: milliseconds,
    updatedAt: milliseconds,
  })
  .meta({
    id: 'Budget',
    description: 'A budget that calls counted against. Settled and reserved never pass limit and raised.',
  })

/** A page of budgets. */
export const budgetPage = z.object({ items: z.array(budgetView).readonly(), cursor: z.string().optional() })

/** Which budgets to list. */
export const budgetQuery = z.object({
  key: z.string().min(1).max(500).optional(),
  limit: wholeNumberOr(50, 1, 1000),
  cursor: z.string().max(2000).optional(),
})

function grouping() {
  const field = z
    .string()
    .optional()
    .transform((given = 'agent', context) => {
      const [by = '', ...rest] = given.split(':')
      const tag = rest.join(':')
      if (by === 'tag' && tag !== '' && tag.length <= 64) return { by, tag } as const
      const known = COST_GROUPINGS.find((it) => it === given && it !== 'tag')
      if (known !== undefined) return { by: known }
      context.addIssue(`expected agent, model, session, day or tag:NAME, got '${given.slice(0, 40)}'`)
      return z.NEVER
    })
  shownAs.add(field, {
    type: 'string',
    description: 'What the calls of a row have in common; a day is one of UTC.',
    examples: ['agent', 'model', 'session', 'tag:team', 'day'],
    default: 'agent',
  })
  return field
}
