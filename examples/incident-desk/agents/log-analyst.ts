import { defineAgent, mcp } from 'agentpolis'
import { z } from 'zod'

/** Reads the logs of one service. The desk runs several of it at once. */
export default defineAgent({
  name: 'log-analyst',
  description: 'Reads the logs of one service and says what is wrong with it, with the lines that show it.',
  model: 'investigator',
  instructions: { file: 'instructions/analyst.md' },
  input: z.object({ service: z.string(), question: z.string() }),
  output: z.object({
    service: z.string(),
    finding: z.string().describe('One or two sentences.'),
    since: z.string().describe('Time of the first sign.'),
    evidence: z.array(z.string()).describe('Log lines, word for word.'),
  }),
  tools: [mcp('ops', { only: ['search_logs'] })],
  limits: { turns: 6 },
  maxOutputTokens: 4000,
})
