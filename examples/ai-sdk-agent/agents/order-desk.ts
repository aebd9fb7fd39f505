import { defineAgent } from 'agentpolis'
import { runAiSdkAgent } from 'agentpolis/ai-sdk'
import { z } from 'zod'
import { orderDesk } from '../order-desk.ts'

export default defineAgent({
  name: 'order-desk',
  description: 'Answers questions about orders; refunds what a human approves.',
  input: z.object({ question: z.string() }),
  output: z.object({ answer: z.string() }),
  async run(context, { question }) {
    const { text } = await runAiSdkAgent(context, orderDesk, question, {
      // Reading twice changes nothing; a refund is not declared, so it is never made twice.
      tools: { findOrder: { effect: 'read' } },
      stream: true,
    })
    return { answer: text }
  },
})
