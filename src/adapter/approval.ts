import { z } from 'zod'
import type { Context } from '../agent/context.ts'

/** A call that a library wants a human to approve. */
export interface Approval {
  readonly tool: string
  readonly input: unknown
  readonly reason?: string
}

/** What a human says to it. */
export const approvalAnswer = z.object({ approve: z.boolean(), reason: z.string().optional() })
export type ApprovalAnswer = z.infer<typeof approvalAnswer>

/** Asks for all of them at once, in their order; each question waits as any other does, without holding memory. */
export function askApprovals(context: Context, approvals: readonly Approval[]): Promise<ApprovalAnswer[]> {
  return Promise.all(
    approvals.map(({ tool, input, reason }) =>
      context.ask(`Call the tool ${tool}?${reason === undefined ? '' : ` ${reason}`}`, approvalAnswer, {
        name: 'approval',
        about: { tool, input },
      }),
    ),
  )
}
