/**
 * Lets the OpenAI Agents SDK find durable models and tools wherever it looks for them.
 *
 * Role: two methods of the SDK's classes are replaced, once: the one that lists an agent's tools, and the one that runs an agent. There
 * is no other place that sees agents which are used as tools or by guardrails, since they are held by closures.
 * Boundary: outside of durable runs (no current place) both do what they did before.
 * Invariants:
 * 1. What runs inside a step is not changed either: it is recorded with the step.
 * 2. An agent that another one runs has a branch of its own, so that its operations are counted apart.
 */
import { Agent, type ModelProvider, Runner } from '@openai/agents'
import { currentPlace, type Place, runAt } from '../place.ts'
import { stepName } from '../step-name.ts'
import { makeModelDurable } from './durable-model.ts'
import { durableTool } from './durable-tool.ts'

type Run = (
  this: Runner,
  agent: Agent,
  input: never,
  options?: never,
) => Promise<{ readonly completed?: Promise<void> }>

const DURABLE = new WeakSet<ModelProvider>()

/** Runs an agent with a runner as the SDK does, once both were made durable. */
export const runDurable: Run = instrument()

function instrument(): Run {
  const { getAllTools } = Agent.prototype
  // One signature for the overloads of streaming and not.
  const run = Runner.prototype.run as unknown as Run
  Agent.prototype.getAllTools = async function (...args) {
    const tools = await getAllTools.apply(this, args)
    if (isOutside(currentPlace())) return tools
    if (typeof this.model === 'object') makeModelDurable(this.model, undefined)
    return tools.map(durableTool) as typeof tools
  }
  const start: Run = function (agent, input, options) {
    useDurableModels(this)
    return run.call(this, agent, input, options)
  }
  const nested: Run = function (agent, input, options) {
    const place = currentPlace()
    return isOutside(place)
      ? run.call(this, agent, input, options)
      : inBranch(place, agent.name, () => start.call(this, agent, input, options))
  }
  Runner.prototype.run = nested as unknown as typeof Runner.prototype.run
  return start
}

function isOutside(place: Place | undefined): place is undefined {
  return place === undefined || place.step !== undefined
}

function useDurableModels(runner: Runner): void {
  const { modelProvider, model } = runner.config
  if (typeof model === 'object') makeModelDurable(model, undefined)
  makeProviderDurable(modelProvider)
}

function makeProviderDurable(provider: ModelProvider): void {
  if (DURABLE.has(provider)) return
  DURABLE.add(provider)
  const { getModel } = provider
  provider.getModel = async (name) => makeModelDurable(await getModel.call(provider, name), name)
}

// A streamed run answers at once and goes on: its branch ends when it does.
function inBranch<T extends { readonly completed?: Promise<void> }>(
  place: Place,
  agent: string,
  code: () => Promise<T>,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const ended = place.context.branch(stepName(agent), async (context) => {
    const result = await runAt({ ...place, context }, code)
    resolve(result)
    await result.completed
  })
  // What went wrong after it answered is told by the stream itself.
  ended.catch(reject)
  return promise
}
