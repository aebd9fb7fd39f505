import { openai } from '@ai-sdk/openai'
import { ToolLoopAgent, tool } from 'ai'
import { z } from 'zod'

const shop = process.env.SHOP_URL ?? 'http://127.0.0.1:4100'

/** An agent as one writes it with the AI SDK alone: it knows nothing of runs, journals or crashes. */
export const orderDesk = new ToolLoopAgent({
  model: openai('gpt-6-luna'),
  instructions:
    'You answer questions about orders. Look an order up before you speak of it. Refund only what arrived broken.',
  tools: {
    findOrder: tool({
      description: 'Looks up an order by its number.',
      inputSchema: z.object({ order: z.string() }),
      execute: async ({ order }, { abortSignal = null }) => {
        const response = await fetch(`${shop}/orders/${order}`, { signal: abortSignal })
        return response.json()
      },
    }),
    refund: tool({
      description: 'Pays an order back.',
      inputSchema: z.object({ order: z.string(), cents: z.int().positive() }),
      needsApproval: true,
      execute: async (refund) => {
        const response = await fetch(`${shop}/refunds`, { method: 'POST', body: JSON.stringify(refund) })
        return response.json()
      },
    }),
  },
})
