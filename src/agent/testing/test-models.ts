import type { Clock } from '../../core/clock.ts'
import { type Models, noModels } from '../../core/model.ts'
import { createModels } from '../../model/create-models.ts'
import { defineScript, type Script, type ScriptRule, type ScriptTurn } from '../../model/scripted/script.ts'
import { silentLog } from '../../telemetry/log.ts'
import { silentMetrics } from '../../telemetry/metrics-port.ts'

/** What a model of a test answers to one turn: a text, or what a rule of a script may. */
export type TestAnswer = string | { readonly [K in 'say' | 'call' | 'answer']?: Exclude<ScriptRule[K], TurnFunction> }

type TurnFunction = (turn: ScriptTurn) => unknown

/**
 * How a test plays models, whatever their names: a script, as a provider of kind `scripted` has it, its rules alone, or a function of the
 * turn. What it answers must depend on the turn alone, since a crash may have it asked again.
 */
export type TestModels = Script | readonly ScriptRule[] | ((turn: ScriptTurn) => TestAnswer)

// So that budgets, which refuse a call without a bound, can be tested.
const LIMITS = { contextWindow: 200_000, maxOutputTokens: 4096 }

/** The models of a test, or of one of our own. */
export function createTestModels(models: TestModels | Models | undefined, clock: Clock): Models {
  if (models === undefined) return noModels
  if ('call' in models && 'chain' in models) return models
  const config = { providers: { test: { kind: 'scripted', script: toScript(models) } } } as const
  const scripted = createModels(config, { env: {}, cwd: '.', clock, log: silentLog, metrics: silentMetrics })
  const inner = (model: string) => `test/${model.slice(model.indexOf('/') + 1)}`
  return {
    ...scripted,
    chain: (name) => [name],
    describe: (model) => ({ ...scripted.describe(inner(model)), ...LIMITS, model }),
    countInput: (request) => scripted.countInput({ ...request, model: inner(request.model) }),
    async call(request, options) {
      return { ...(await scripted.call({ ...request, model: inner(request.model) }, options)), model: request.model }
    },
  }
}

function toScript(models: TestModels): Script {
  if (typeof models !== 'function') return 'rules' in models ? models : defineScript(models)
  let last: { readonly turn: ScriptTurn; readonly answer: Exclude<TestAnswer, string> } | undefined
  // Asked for each part of an answer, and to be called once a turn.
  const answerTo = (turn: ScriptTurn) => {
    if (last?.turn !== turn) {
      const answer = models(turn)
      last = { turn, answer: typeof answer === 'string' ? { say: answer } : answer }
    }
    return last.answer
  }
  return defineScript([
    {
      // A text that is not there is none.
      say: (turn) => answerTo(turn).say as string,
      call: (turn) => [answerTo(turn).call ?? []].flat(),
      answer: (turn: ScriptTurn) => answerTo(turn).answer,
    },
  ])
}
