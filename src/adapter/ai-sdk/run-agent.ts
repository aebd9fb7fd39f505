import type { ModelMessage, ToolApprovalRequestOutput, ToolApprovalResponse, ToolSet } from 'ai'
import type { Context } from '../../agent/context.ts'
import type { AdapterTerms } from '../adapter-terms.ts'
import { askApprovals } from '../approval.ts'
import { type AnyAgent, durableAgent } from './durable-agent.ts'

type CallOf<A extends AnyAgent> = Parameters<A['generate']>[0]
type ResultOf<A extends AnyAgent> = Awaited<ReturnType<A['generate']>>

/** What a run of an agent came to; each as `agent.generate` would say it. */
export type AiSdkResult<A extends AnyAgent> = Pick<
  ResultOf<A>,
  Extract<keyof ResultOf<A>, 'text' | 'output' | 'finishReason' | 'usage' | 'steps' | 'responseMessages'>
>

/**
 * Runs an agent of the AI SDK as it is inside a durable run: its model and tool calls become steps, tools that need approval become
 * questions to a human.
 *
 * `input` is a prompt, or what `agent.generate` takes. Of an agent that was stopped for approvals, `responseMessages` are those of all
 * its parts, `usage` and `steps` those of the last one.
 */
export async function runAiSdkAgent<A extends AnyAgent>(
  context: Context,
  agent: A,
  input: string | CallOf<A>,
  terms: AdapterTerms = {},
): Promise<AiSdkResult<A>> {
  const durable = durableAgent(context, agent, terms)
  // What `generate` takes has a prompt or messages, whatever else the agent's own type asks for.
  let call = (typeof input === 'string' ? { prompt: input } : input) as Call
  const { prompt, messages, ...options } = call
  const asked = messagesOf(prompt, messages)
  const said: ModelMessage[] = []
  for (;;) {
    const result = terms.stream ? await streamed(durable, call) : await generated(durable, call)
    said.push(...result.responseMessages)
    const requests = approvalsIn(result)
    if (requests.length === 0) return { ...result, responseMessages: said } as never
    const answers = await askApprovals(
      context,
      requests.map(({ toolCall, reason }) => ({
        tool: toolCall.toolName,
        args: toolCall.input,
        ...(reason === undefined ? {} : { reason }),
      })),
      terms,
    )
    const content = requests.map(
      ({ approvalId }, at): ToolApprovalResponse => ({
        type: 'tool-approval-response',
        approvalId,
        approved: answers[at]?.isApproved ?? false,
        ...(answers[at]?.comment === undefined ? {} : { reason: answers[at].comment }),
      }),
    )
    said.push({ role: 'tool', content })
    call = { ...options, messages: [...asked, ...said] }
  }
}

interface Call {
  readonly prompt?: string | readonly ModelMessage[]
  readonly messages?: readonly ModelMessage[]
}

interface Result {
  readonly text: string
  readonly output: unknown
  readonly finishReason: unknown
  readonly usage: unknown
  readonly steps: readonly { readonly content: readonly { readonly type: string }[] }[]
  readonly responseMessages: readonly ModelMessage[]
}

type Durable = ReturnType<typeof durableAgent<AnyAgent>>

async function generated({ agent }: Durable, call: Call): Promise<Result> {
  const result = (await agent.generate(call as never)) as Result
  const { text, finishReason, usage, steps, responseMessages } = result
  return { text, finishReason, usage, steps, responseMessages, output: await orNothing(() => result.output) }
}

async function streamed({ agent, errors }: Durable, call: Call): Promise<Result> {
  const result = (await agent.stream(call as never)) as { [K in keyof Result]: PromiseLike<Result[K]> } & {
    consumeStream(): PromiseLike<void>
  }
  await result.consumeStream()
  if (errors.length > 0) throw errors[0]
  return {
    text: await result.text,
    finishReason: await result.finishReason,
    usage: await result.usage,
    steps: await result.steps,
    responseMessages: await result.responseMessages,
    output: await orNothing(() => result.output),
  }
}

// The SDK throws where there is no output, as in a part that ends in a request for approval.
async function orNothing(read: () => unknown): Promise<unknown> {
  try {
    return await read()
  } catch {
    return undefined
  }
}

function approvalsIn({ steps }: Result): ToolApprovalRequestOutput<ToolSet>[] {
  const content = steps.at(-1)?.content ?? []
  return content.filter(
    (part): part is ToolApprovalRequestOutput<ToolSet> =>
      part.type === 'tool-approval-request' && !('isAutomatic' in part && part.isAutomatic === true),
  )
}

function messagesOf(prompt: Call['prompt'], messages: Call['messages']): readonly ModelMessage[] {
  if (messages !== undefined) return messages
  return typeof prompt === 'string' ? [{ role: 'user', content: prompt }] : (prompt ?? [])
}
