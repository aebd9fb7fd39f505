/**
 * Requests to tool servers, as an agent's code makes them: each is a step, and what a server asks meanwhile becomes questions to a human.
 *
 * A server of the newer era answers that it needs more: the step records that, an `ask` waits for the human and holds nothing (G5), and
 * another step makes the request again with the answers. One of the older era holds its request open while it asks: then the question is
 * tied to the step (`StepCall.ask`).
 */
import { parseDuration } from '../core/duration.ts'
import { PolisError } from '../core/error.ts'
import { hash } from '../core/json.ts'
import { assertName } from '../core/name.ts'
import { type InputGiven, type InputRequired, isInputRequired } from '../core/server-question.ts'
import type { PromptResult, ResourceResult, ToolCallOptions, ToolResult, ToolServers } from '../core/tool.ts'
import type { Scope, StepTerms } from '../engine/scope.ts'
import type { ToolOptions } from './context.ts'
import { type Asking, askLive, askServerQuestions } from './server-question.ts'
import { type StepDefaults, toTerms } from './step-terms.ts'

/** What requests need from outside. */
export interface ServerRequestDependencies {
  readonly tools: ToolServers
  readonly defaults: StepDefaults
}

/** Which tool to call, and how. */
export interface ToolRequest {
  readonly server: string
  readonly tool: string
  readonly args: unknown
  readonly options?: ToolOptions | undefined
}

/** Calls a tool as a step with the tool's declared effect. */
export function callTool(
  dependencies: ServerRequestDependencies,
  scope: Scope,
  request: ToolRequest,
): Promise<ToolResult> {
  return callToolAs(dependencies, scope, request, (result) => result)
}

/** Calls a tool as `callTool` does; the step records, and gives, what `shape` makes of the result. */
export function callToolAs<Shape extends object>(
  dependencies: ServerRequestDependencies,
  scope: Scope,
  { server, tool, args, options = {} }: ToolRequest,
  shape: (result: ToolResult) => Shape,
): Promise<Shape> {
  const { tools } = dependencies
  return request<Shape>(dependencies, scope, {
    name: nameOf(server, tool, options),
    options,
    effect: options.effect ?? (() => tools.effect(server, tool)),
    input: { server, tool, args },
    asking: { server, subject: `Tool '${tool}' of MCP server '${server}'`, about: { server, tool, args } },
    make: async (how) => {
      const result = await tools.call(server, tool, args, how)
      return isInputRequired(result) ? result : shape(result)
    },
  })
}

/** Reads a resource of a server as a step. */
export async function readResource(
  dependencies: ServerRequestDependencies,
  scope: Scope,
  { server, uri, options = {} }: { server: string; uri: string; options?: ToolOptions | undefined },
): Promise<ResourceResult> {
  if (typeof uri !== 'string') {
    const got = JSON.stringify(uri)
    throw new PolisError('INVALID_ARGUMENT', `context.resource: expected the resource's URI as text, got ${got}`)
  }
  return request(dependencies, scope, {
    name: nameOf(server, 'resource', options),
    options,
    effect: options.effect ?? 'read',
    input: { server, uri },
    asking: { server, subject: `Resource ${uri} of MCP server '${server}'`, about: { server, uri } },
    make: (how) => dependencies.tools.resource(server, uri, how),
  })
}

/** Fills in a prompt of a server as a step. */
export async function getPrompt(
  dependencies: ServerRequestDependencies,
  scope: Scope,
  given: { server: string; prompt: string; args?: Readonly<Record<string, string>> | undefined; options?: ToolOptions },
): Promise<PromptResult> {
  const { server, prompt, args = {}, options = {} } = given
  return request(dependencies, scope, {
    name: nameOf(server, 'prompt', options),
    options,
    effect: options.effect ?? 'read',
    input: { server, prompt, args },
    asking: { server, subject: `Prompt '${prompt}' of MCP server '${server}'`, about: { server, prompt, args } },
    make: (how) => dependencies.tools.prompt(server, prompt, args, how),
  })
}

interface Request<Result> {
  readonly name: string
  readonly options: ToolOptions
  readonly effect: StepTerms['effect']
  /** What replay checks to be the same. */
  readonly input: unknown
  readonly asking: Asking
  readonly make: (how: ToolCallOptions) => Promise<Result | InputRequired>
}

/** How often a server may come back with further questions on one request. */
const MOST_ROUNDS = 20

async function request<Result extends object>(
  dependencies: ServerRequestDependencies,
  scope: Scope,
  plan: Request<Result>,
): Promise<Result> {
  let given: InputGiven | undefined
  for (let round = 0; round <= MOST_ROUNDS; round++) {
    // What the step recorded is what `make` answered.
    const result = (await step(dependencies, scope, plan, given)) as Result | InputRequired
    if (!isInputRequired(result)) return result
    given = await askServerQuestions(scope, result, { ...plan.asking, name: plan.name, timeout: limitOf(plan) })
  }
  throw new PolisError(
    'TOOL_FAILED',
    `${plan.asking.subject} asked for more ${MOST_ROUNDS} times without giving a result: see what it wants`,
    { details: { server: plan.asking.server, sent: true } },
  )
}

function step<Result>(
  { defaults }: ServerRequestDependencies,
  scope: Scope,
  { name, options, effect, input, asking, make }: Request<Result>,
  given: InputGiven | undefined,
): Promise<unknown> {
  // A call may take as long as its server's own limit says; a drain may abort it, and its effect says what happens then.
  const terms = toTerms(
    { interruptible: true, ...options },
    { ...defaults, timeout: defaults.toolTimeout },
    `tool ${name}`,
  )
  const timeout = limitOf({ options, name }) ?? defaults.questionTimeout
  return scope.step(
    name,
    (call) =>
      make({
        signal: call.signal,
        timeout: terms.timeout,
        key: call.key,
        onProgress: call.progress,
        onQuestion: (question) => askLive(call, question, { ...asking, timeout }),
        ...(given === undefined ? {} : { given }),
      }),
    { ...terms, effect, hash: hash(given === undefined ? input : { input, given }) },
  )
}

function limitOf({
  options: { questionTimeout },
  name,
}: Pick<Request<object>, 'options' | 'name'>): number | undefined {
  return questionTimeout === undefined ? undefined : parseDuration(questionTimeout, `questionTimeout of tool ${name}`)
}

function nameOf(server: string, what: string, { name }: ToolOptions): string {
  if (name !== undefined) return assertName(name, 'step name')
  // A slash would be read as a scope of its own; servers do put them into names.
  return `${assertName(server, 'server name')}.${what.replace(/[^\w.:-]/g, '_')}`
}
