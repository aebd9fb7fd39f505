import { setTracingDisabled } from '@openai/agents'
import { defineAgent } from 'agentpolis'
import { runOpenAiAgent } from 'agentpolis/openai-agents'
import { z } from 'zod'
import { frontOffice } from '../front-office.ts'

// The SDK would send traces to OpenAI.
setTracingDisabled(true)

export default defineAgent({
  name: 'front-office',
  description: 'Answers questions about invoices; cancels what a human approves.',
  input: z.object({ question: z.string() }),
  output: z.object({ answer: z.string() }),
  async run(context, { question }) {
    const { finalOutput = '' } = await runOpenAiAgent(context, frontOffice, question, {
      // Reading twice changes nothing; a cancellation is not declared, so it is never made twice.
      tools: { find_invoice: { effect: 'read' } },
      stream: true,
    })
    return { answer: finalOutput }
  },
})
