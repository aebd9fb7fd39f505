import { Agent, tool } from '@openai/agents'
import { z } from 'zod'

const billing = process.env.BILLING_URL ?? 'http://127.0.0.1:4300'

const findInvoice = tool({
  name: 'find_invoice',
  description: 'Looks up an invoice by its number.',
  parameters: z.object({ invoice: z.string() }),
  execute: async ({ invoice }) => {
    const response = await fetch(`${billing}/invoices/${invoice}`)
    return response.text()
  },
})

const cancelInvoice = tool({
  name: 'cancel_invoice',
  description: 'Cancels an invoice.',
  parameters: z.object({ invoice: z.string() }),
  needsApproval: true,
  execute: async ({ invoice }) => {
    const response = await fetch(`${billing}/cancellations`, { method: 'POST', body: JSON.stringify({ invoice }) })
    return response.text()
  },
})

const accountant = new Agent({
  name: 'Accountant',
  model: 'gpt-6-luna',
  instructions: 'You answer questions about invoices. Look an invoice up before you speak of it.',
  handoffDescription: 'Knows all invoices.',
  tools: [findInvoice, cancelInvoice],
})

/** Agents as one writes them with the OpenAI Agents SDK alone: they know nothing of runs, journals or crashes. */
export const frontOffice = Agent.create({
  name: 'Front office',
  model: 'gpt-6-luna',
  instructions: 'You hand each question over to whoever can answer it.',
  handoffs: [accountant],
})
