import { defineAgent, mcp } from 'agentpolis'
import { z } from 'zod'
import logAnalyst from './log-analyst.ts'

/** Reads alerts, has logs read, finds the cause, and acts once a human agrees. */
export default defineAgent({
  name: 'incident-desk',
  description: 'Investigates what is alerting, and puts it right once a human agrees.',
  model: 'investigator',
  instructions: { file: 'instructions/desk.md' },
  output: z.object({
    summary: z.string().describe('What customers see, in one sentence.'),
    cause: z.string(),
    evidence: z.array(z.string()).describe('Log lines, word for word.'),
    action: z.string().describe('What was done, or why nothing was.'),
    healthy: z.boolean().describe('Whether the services are well now.'),
  }),
  tools: [
    logAnalyst,
    mcp('ops', {
      except: ['search_logs'],
      // What changes something is asked for: whoever answers sees the arguments, and may change them.
      approval: { roll_back: 'always' },
    }),
  ],
  // Of one run with all that it has analysed for it; a human may allow more.
  limits: { turns: 12, cost: 0.5, tokens: 300_000 },
  budget: { day: { cost: 20 }, exhausted: 'ask' },
  // A budget holds as much for each call: without it, the longest answer of the model, which may be more than all of it.
  maxOutputTokens: 8000,
})
