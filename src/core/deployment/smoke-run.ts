import { z } from 'zod'
import { duration, options, text } from './field.ts'

/** A run that shows that a deployment works. */
export const SMOKE_RUN = options({
  name: text.optional().describe("Name in reports; by default the agent's."),
  agent: text.describe('Agent to run.'),
  input: z.unknown().optional().describe('Its input.'),
  expect: z
    .unknown()
    .optional()
    .describe(
      'What its output must have: of objects at least these fields, everything else exactly. By default anything.',
    ),
  timeout: duration.default('1m').describe('Longest that it may take.'),
})
