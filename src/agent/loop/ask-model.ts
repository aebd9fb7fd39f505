import { PolisError } from '../../core/error.ts'
import { hash } from '../../core/json.ts'
import { afford } from './afford.ts'
import { callModel, type ModelCall } from './call-model.ts'
import { compact, isFull } from './compact.ts'
import type { LoopRun } from './loop-run.ts'
import { type LoopState, withAnswer, withHistory } from './loop-state.ts'
import { isTooLong } from './too-long.ts'

/** Asks the model what comes next; a history that is too long is compacted before, and a budget that is used up seen to. */
export async function askModel(run: LoopRun, before: LoopState): Promise<LoopState> {
  const [model = ''] = chainOf(run, before)
  const { models } = run.dependencies
  let state = before
  let compacted = false
  const shorten = async (isRefused: boolean) => {
    compacted = true
    const shorter = await shortened(run, state, isRefused)
    if (shorter !== undefined) state = shorter
    return shorter !== undefined
  }
  if (isFull(models, state, requestOf(run, state), model)) await shorten(false)
  for (;;) {
    try {
      const isOurs = (error: PolisError) => !compacted && isTooLong(error)
      return withAnswer(state, await callModel(models, run.scope, { ...callOf(run, state), isOurs }))
    } catch (reason) {
      const error = PolisError.from(reason)
      if (error.code === 'BUDGET_EXHAUSTED') state = { ...state, cheaper: await afford(run, error, state.cheaper) }
      else if (compacted || !isTooLong(error)) throw error
      // What cannot be shortened may still fit the window of the next model.
      else if (!(await shorten(true)) && chainOf(run, state).length === 1) throw error
    }
  }
}

async function shortened(run: LoopRun, state: LoopState, isRefused: boolean): Promise<LoopState | undefined> {
  let next = state
  for (;;) {
    try {
      const { agent, scope, dependencies } = run
      const messages = await compact(dependencies.models, scope, next, { agent, chain: chainOf(run, next), isRefused })
      return messages === undefined ? undefined : withHistory(next, messages)
    } catch (reason) {
      const error = PolisError.from(reason)
      if (error.code !== 'BUDGET_EXHAUSTED') throw error
      next = { ...next, cheaper: await afford(run, error, next.cheaper) }
    }
  }
}

function callOf(run: LoopRun, state: LoopState): ModelCall {
  return {
    name: 'model',
    agent: run.agent,
    chain: chainOf(run, state),
    request: requestOf(run, state),
    stream: run.loop.stream,
    hash: hash({ conversation: state.hash, fixed: run.fixedHash }),
  }
}

function chainOf({ chain, cheaper }: LoopRun, state: LoopState): readonly string[] {
  return state.cheaper ? cheaper : chain
}

function requestOf({ fixed }: LoopRun, { messages }: LoopState): ModelCall['request'] {
  return { ...fixed, messages }
}
