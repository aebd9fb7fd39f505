import { z } from 'zod'
import { name, runId } from './field.ts'

/** Which evals to run, and how; what is absent is as the evals themselves say. */
export const evalsBody = z
  .strictObject({
    names: z.array(name).max(200).optional().describe('Names of evals; by default all.'),
    filter: z.string().min(1).max(200).optional().describe('Only cases with this tag, or this text in their name.'),
    concurrency: z.int().min(1).max(64).optional().describe('Cases at once.'),
    trials: z.int().min(1).max(100).optional().describe('How often each case is run.'),
    threshold: z.number().min(0).max(1).optional().describe('The least mean of each eval.'),
    baseline: z
      .string()
      .min(1)
      .max(255)
      .optional()
      .describe('What to compare with: a release of the agent, a run of `polis.eval`, or `last`.'),
    repeat: runId.optional().describe('A run of `polis.eval` whose cases are run again.'),
  })
  .meta({ id: 'StartEvals', description: 'Evals to start.' })
