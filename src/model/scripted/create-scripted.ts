import type { Clock } from '../../core/clock.ts'
import { PolisError } from '../../core/error.ts'
import { hash } from '../../core/json.ts'
import type { AssistantPart, ModelDelta, ModelResult } from '../../core/model.ts'
import type { Backend, BackendCall } from '../backend.ts'
import { fail } from './fault.ts'
import { matches } from './match.ts'
import type { Script, ScriptedCall, ScriptRule, ScriptTurn } from './script.ts'
import { turnOf } from './turn.ts'
import { usageOf } from './usage.ts'

/** What a scripted provider works with. `pace` is milliseconds between the pieces of a streamed answer. */
export interface ScriptedOptions {
  readonly script: Script
  readonly clock: Clock
  readonly pace: number
}

const MOST_FAULTS = 10_000

/** Answers from a script, at once or in pieces. */
export function createScripted({ script, clock, pace }: ScriptedOptions): Backend {
  // By call and rule; the oldest are forgotten.
  const faults = new Map<string, number>()
  return {
    scripted: true,
    toolOverhead: 0,
    async call(call) {
      call.trace.sent = true
      const turn = turnOf(call.request, call.modelId, call.options.agent)
      const at = script.rules.findIndex((rule) => matches(rule, turn))
      const rule = script.rules[at]
      if (rule === undefined) throw noRule(call, turn)
      if (rule.fault !== undefined && isDue(faults, `${call.options.key} ${at}`, rule.fault.times)) {
        await fail(rule.fault, call)
      }
      call.trace.status = 200
      const result = answer(rule, turn, call)
      if (call.onDelta !== undefined) await stream(result.content, { ...call, onDelta: call.onDelta }, clock, pace)
      return result
    },
  }
}

function isDue(faults: Map<string, number>, key: string, times = Number.POSITIVE_INFINITY): boolean {
  const made = faults.get(key) ?? 0
  if (made >= times) return false
  faults.set(key, made + 1)
  const [oldest] = faults.keys()
  if (faults.size > MOST_FAULTS && oldest !== undefined) faults.delete(oldest)
  return true
}

function answer(rule: ScriptRule, turn: ScriptTurn, { request, info }: BackendCall): ModelResult {
  const text = typeof rule.say === 'function' ? rule.say(turn) : rule.say
  const value = typeof rule.answer === 'function' ? rule.answer(turn) : rule.answer
  const calls = callsOf(rule, turn)
  const content: AssistantPart[] = [
    ...(rule.reasoning === undefined ? [] : [{ type: 'reasoning', text: rule.reasoning } as const]),
    ...(text === undefined ? [] : [{ type: 'text', text } as const]),
    ...(value === undefined ? [] : [{ type: 'text', text: JSON.stringify(value) } as const]),
    ...calls.map(({ tool, input = {} }, at) => {
      // The same at each attempt and after a crash, and another for each call of a conversation.
      const id = `scripted_${hash({ at, tool, messages: request.messages.length, turn: turn.text }).slice(0, 16)}`
      return { type: 'tool-call', id, name: tool, input } as const
    }),
  ]
  return {
    content,
    finish: rule.finish ?? (calls.length > 0 ? 'tool-calls' : 'stop'),
    usage: usageOf(request, content, rule.usage),
    model: info.model,
    answeredBy: 'script',
    scripted: true,
  }
}

function callsOf({ call = [] }: ScriptRule, turn: ScriptTurn): readonly ScriptedCall[] {
  if (typeof call === 'function') return call(turn)
  return 'tool' in call ? [call] : call
}

async function stream(
  content: readonly AssistantPart[],
  { onDelta, onLife, signal }: BackendCall & { readonly onDelta: (delta: ModelDelta) => void },
  clock: Clock,
  pace: number,
): Promise<void> {
  for (const delta of content.flatMap(piecesOf)) {
    if (pace > 0) await wait(clock, pace, signal)
    signal.throwIfAborted()
    onLife(true)
    onDelta(delta)
  }
}

// A word at a time.
function piecesOf(part: AssistantPart): readonly ModelDelta[] {
  if (part.type === 'tool-call') {
    return [{ type: 'tool-call', id: part.id, name: part.name, text: JSON.stringify(part.input) }]
  }
  const { type } = part
  return (part.text.match(/\s*\S+|\s+$/g) ?? []).map((text) => ({ type, text }))
}

function wait(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const end = () => resolve()
  const cancel = clock.setTimer(clock.now() + milliseconds, end)
  signal.addEventListener('abort', end, { once: true })
  return promise.finally(() => {
    cancel()
    signal.removeEventListener('abort', end)
  })
}

// The whole script is the user's own, so what it was asked may stand in the error; the conversation may not.
function noRule({ info }: BackendCall, turn: ScriptTurn): PolisError {
  const after = turn.results.map(({ name }) => name)
  return new PolisError(
    'MODEL_FAILED',
    `The script of ${info.model} has no rule for turn ${turn.turn} of ${turn.agent === undefined ? 'this conversation' : `agent ${turn.agent}`}` +
      `${after.length === 0 ? '' : `, after results of ${after.join(', ')}`}: add one, or one without \`when\` at its end`,
    { details: { model: info.model, provider: info.provider, reason: 'no-rule', sent: false } },
  )
}
