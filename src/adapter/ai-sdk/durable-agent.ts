import type { LanguageModel, ToolSet } from 'ai'
import type { Context } from '../../agent/context.ts'
import { PolisError } from '../../core/error.ts'
import type { AdapterTerms } from '../adapter-terms.ts'
import { durableModel } from './durable-model.ts'
import { durableTools } from './durable-tools.ts'

/** An agent of the AI SDK, as far as it is called. */
export interface AnyAgent {
  readonly version: 'agent-v1'
  generate(options: never): PromiseLike<unknown>
  stream(options: never): PromiseLike<unknown>
}

interface Settings {
  readonly model?: LanguageModel
  readonly tools?: ToolSet
  readonly maxRetries?: number
  readonly timeout?: unknown
  readonly prepareCall?: (options: Settings) => PromiseLike<Settings> | Settings
  readonly prepareStep?: (options: unknown) => PromiseLike<Settings | undefined> | Settings | undefined
  readonly onError?: (event: { readonly error: unknown }) => unknown
}

// Both go by real time, which is another one when a run is resumed: the engine has its own.
const OWN_WAYS = { maxRetries: 0, timeout: undefined }

/** An agent and what went wrong in its streams, which the SDK tells nobody else. */
export interface DurableAgent<A extends AnyAgent> {
  readonly agent: A
  readonly errors: readonly unknown[]
}

/**
 * The same agent, of the same class, with a durable model, durable tools, and neither retries nor timeouts of its own, also where its `prepareCall` and
 * `prepareStep` choose others. The agent itself is not changed.
 *
 * @throws PolisError INVALID_ARGUMENT for an agent that is not a ToolLoopAgent, since nobody can say where its model is, and for terms of
 * a tool that it does not have.
 */
export function durableAgent<A extends AnyAgent>(context: Context, agent: A, terms: AdapterTerms): DurableAgent<A> {
  const settings = settingsOf(agent)
  assertTools(settings, terms)
  const errors: unknown[] = []
  const wrap = <S extends Settings>(found: S): S => ({
    ...found,
    ...(found.model === undefined ? {} : { model: durableModel(context, found.model, terms) }),
    ...(found.tools === undefined ? {} : { tools: durableTools(context, found.tools, terms) }),
  })
  const { prepareCall, prepareStep, onError } = settings
  const durable: Settings = {
    ...wrap(settings),
    ...OWN_WAYS,
    ...(prepareCall === undefined
      ? {}
      : { prepareCall: async (options) => ({ ...wrap(await prepareCall(options)), ...OWN_WAYS }) }),
    ...(prepareStep === undefined ? {} : { prepareStep: async (options) => wrap((await prepareStep(options)) ?? {}) }),
    onError: (event) => {
      errors.push(event.error)
      return onError?.(event)
    },
  }
  return { agent: Object.create(agent, { settings: { value: durable } }), errors }
}

function settingsOf(agent: AnyAgent): Settings {
  const settings = 'settings' in agent ? agent.settings : undefined
  // The constructor keeps what it was given.
  if (typeof settings === 'object' && settings !== null && 'model' in settings) return settings as Settings
  throw new PolisError(
    'INVALID_ARGUMENT',
    'runAiSdkAgent: expected a ToolLoopAgent of the AI SDK. For another kind of agent, give it durableModel(context, model) and durableTools(context, tools)',
  )
}

// A misspelt name would leave the tool `once`. What `prepareCall` brings is not known yet.
function assertTools({ tools = {}, prepareCall }: Settings, terms: AdapterTerms): void {
  const unknown = Object.keys(terms.tools ?? {}).filter((name) => !(name in tools))
  if (unknown.length === 0 || prepareCall !== undefined) return
  const known = Object.keys(tools).join(', ') || 'none'
  throw new PolisError(
    'INVALID_ARGUMENT',
    `runAiSdkAgent: option tools: expected names of the agent's tools (${known}), got ${unknown.join(', ')}`,
  )
}
