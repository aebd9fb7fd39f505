import type { StandardSchemaV1 } from '@standard-schema/spec'
import { PolisError } from '../core/error.ts'
import { hash } from '../core/json.ts'
import type { ModelMessage, ModelResult, ModelTool } from '../core/model.ts'
import { assertName } from '../core/name.ts'
import { toJsonSchema, validate } from '../core/schema.ts'
import type { Scope } from '../engine/scope.ts'
import type { BudgetOptions } from './budget.ts'
import type { AgentDependencies } from './dependencies.ts'
import type { Generated, GenerateOptions } from './generate.ts'
import { afford } from './loop/afford.ts'
import { callModel, type ModelCall } from './loop/call-model.ts'
import { callsOf, textOf, userText } from './loop/message.ts'
import { toObjectSchema } from './loop/object-schema.ts'
import { correction, readOutput } from './loop/read-output.ts'
import type { Tool } from './tool.ts'

type AnyOptions = GenerateOptions<StandardSchemaV1>

/** Where a model is called from. */
export interface GenerateScope {
  readonly dependencies: AgentDependencies
  readonly scope: Scope
  readonly budget: BudgetOptions
}

/** `context.generate`. */
export async function runGenerate(from: GenerateScope, options: AnyOptions): Promise<Generated<unknown>> {
  const messages = messagesOf(options)
  const result = await callWithin(from, options, messages)
  const { output: schema } = options
  if (callsOf(result.content).length > 0) return toGenerated(result, undefined)
  const read = await readOutput(schema, textOf(result.content))
  if (read.kind === 'output') return toGenerated(result, await parse(schema, read.value))
  const again = [
    ...messages,
    { role: 'assistant', content: result.content } as const,
    userText(correction(read.problem)),
  ]
  const repaired = await callWithin(from, options, again)
  const second = await readOutput(schema, textOf(repaired.content))
  if (second.kind === 'output') return toGenerated(repaired, await parse(schema, second.value))
  throw new PolisError(
    'INVALID_OUTPUT',
    `The model's answer does not fit the schema of option output, nor did the one before. ${second.problem}`,
  )
}

function messagesOf({ prompt, messages }: AnyOptions): readonly ModelMessage[] {
  if (typeof prompt === 'string' && messages === undefined) return [userText(prompt)]
  if (prompt === undefined && Array.isArray(messages) && messages.length > 0) return messages
  throw new PolisError(
    'INVALID_ARGUMENT',
    'context.generate: expected option prompt, a text, or option messages, a list with at least one message; got neither, or both',
  )
}

/** Calls the models of the chain, and sees to a budget that is used up as the agent says. */
async function callWithin(
  from: GenerateScope,
  options: AnyOptions,
  messages: readonly ModelMessage[],
): Promise<ModelResult> {
  const { dependencies, scope, budget } = from
  const { models } = dependencies
  const { exhausted } = budget
  const chain = chainOf(models, options.model)
  const cheaper = typeof exhausted === 'object' ? chainOf(models, exhausted.model) : []
  const request = requestOf(options, messages)
  const call = {
    name: assertName(options.name ?? 'model', 'step name'),
    agent: scope.record.agent,
    request,
    stream: options.stream ?? true,
    hash: hash(request),
  }
  for (let isCheaper = false; ; ) {
    try {
      return await callModel(models, scope, { ...call, chain: isCheaper ? cheaper : chain })
    } catch (reason) {
      const error = PolisError.from(reason)
      if (error.code !== 'BUDGET_EXHAUSTED') throw error
      isCheaper = await afford({ scope, budget, cheaper }, error, isCheaper)
    }
  }
}

function chainOf(models: AgentDependencies['models'], model: AnyOptions['model']): readonly string[] {
  const names = typeof model === 'string' ? [model] : model
  return [...new Set(names.flatMap((name) => models.chain(name)))]
}

function requestOf(options: AnyOptions, messages: readonly ModelMessage[]): ModelCall['request'] {
  const { instructions, tools, toolChoice, output, maxOutputTokens, temperature, reasoning, providerOptions } = options
  return {
    messages,
    ...(instructions === undefined ? {} : { instructions }),
    ...(tools === undefined || tools.length === 0 ? {} : { tools: tools.map(toModelTool) }),
    ...(toolChoice === undefined ? {} : { toolChoice }),
    ...(output === undefined ? {} : { output: { name: 'answer', schema: toJsonSchema(output) } }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(providerOptions === undefined ? {} : { providerOptions }),
  }
}

function toModelTool(tool: Tool | ModelTool): ModelTool {
  if (!('kind' in tool)) return tool
  return { name: tool.name, description: tool.description, input: toObjectSchema(toJsonSchema(tool.input)).schema }
}

async function parse(schema: StandardSchemaV1 | undefined, value: unknown): Promise<unknown> {
  return schema === undefined ? value : await validate(schema, value, 'answer', 'INVALID_OUTPUT')
}

function toGenerated(result: ModelResult, output: unknown): Generated<unknown> {
  const { content, finish, usage, model, scripted } = result
  return {
    output,
    text: textOf(content),
    toolCalls: callsOf(content),
    message: { role: 'assistant', content },
    ...{ finish, usage, model },
    ...(scripted === undefined ? {} : { scripted }),
  }
}
