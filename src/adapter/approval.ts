import { z } from 'zod'
import { ask } from '../agent/ask.ts'
import { behindOf } from '../agent/behind-context.ts'
import type { Context } from '../agent/context.ts'
import type { AdapterTerms } from './adapter-terms.ts'

/** A call that a library wants a human to approve. */
export interface Approval {
  readonly tool: string
  readonly args: unknown
  /** The library's own word for why. */
  readonly reason?: string
}

/** What a human said to it; the comment is for the model. */
export interface ApprovalAnswer {
  readonly isApproved: boolean
  readonly comment?: string
}

// As the loop of agents without `run` asks; only that no library lets a human change the arguments.
const answerSchema = z.union([
  z.boolean(),
  z.object({ decision: z.enum(['approve', 'decline']), comment: z.string().optional() }),
])

/** Asks for all of them at once, in their order; each question waits as any other does, without holding memory. */
export function askApprovals(
  context: Context,
  approvals: readonly Approval[],
  { questions = {} }: AdapterTerms,
): Promise<ApprovalAnswer[]> {
  return Promise.all(approvals.map((approval) => askOne(context, approval, questions)))
}

async function askOne(
  context: Context,
  { tool, args, reason }: Approval,
  questions: NonNullable<AdapterTerms['questions']>,
): Promise<ApprovalAnswer> {
  const question = `May ${context.agent} call ${tool}?${reason === undefined ? '' : ` ${reason}`}`
  const asked = await ask(behindOf(context, 'the approval of a tool').scope, question, answerSchema, {
    ...questions,
    name: 'approve',
    about: { tool, args },
    consent: true,
  })
  // What the schema made of it.
  const answer = asked as z.infer<typeof answerSchema>
  if (typeof answer === 'boolean') return { isApproved: answer }
  const { decision, comment } = answer
  return { isApproved: decision === 'approve', ...(comment === undefined ? {} : { comment }) }
}
