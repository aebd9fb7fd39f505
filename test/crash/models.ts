/**
 * The provider of the suite: answers by a script, charges for each request, and may be killed around the charge.
 *
 * What it answers depends on the request alone, so that a run comes to the same whenever it is asked. A request with `busy` in it is
 * refused the first time, at no cost; one with `cut` loses its first answer after the charge.
 */
import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { PolisError } from '../../src/core/error.ts'
import type { AssistantPart, ModelInfo, ModelRequest, ModelResult, Models } from '../../src/core/model.ts'
import { costOf, NO_USAGE, type TokenUsage } from '../../src/core/usage.ts'
import type { CallLog } from './call-log.ts'
import type { Killer } from './killer.ts'

/** The only model that there is. */
export const MODEL = 'fake/one'

const PRICE = { input: 1, output: 2 } as const
const OUTPUT_TOKENS = 12
const INFO: ModelInfo = {
  ...{ model: MODEL, provider: 'fake', scripted: true, contextWindow: 1_000_000, maxOutputTokens: 40, price: PRICE },
}

/** How often the desk's model asks for tools before it answers. */
const ROUNDS = 4

/** Makes them over the provider's book. */
export function createModels(log: CallLog, killer: Killer): Models {
  return {
    providers: ['fake'],
    chain: (name) => [name],
    describe: () => INFO,
    countInput: (request) => textOf(request).length,
    async call(request, { key = '', signal }) {
      const after = log.size()
      killer.reach('model-called')
      await delay(3, undefined, { signal })
      const text = textOf(request)
      const isFirst = !log.read().some((line) => line.key === key)
      if (text.includes('busy') && isFirst) {
        log.append({ key, pid: process.pid, after, nonce: '', tokens: 0, nanos: 0, refused: true })
        throw new PolisError('MODEL_UNAVAILABLE', 'The provider is busy', { details: { sent: true, status: 503 } })
      }
      const usage = { ...NO_USAGE, input: Math.ceil(text.length / 3), output: OUTPUT_TOKENS }
      const isCut = text.includes('cut') && isFirst
      const nonce = charge(log, key, after, usage)
      killer.reach('model-charged')
      if (isCut) throw new PolisError('MODEL_UNAVAILABLE', 'The answer was cut off', { details: { received: true } })
      return { ...answer(request), usage, model: MODEL, answeredBy: nonce, scripted: true }
    },
    close: async () => {},
  }
}

function charge(log: CallLog, key: string, after: number, usage: TokenUsage): string {
  const nonce = randomBytes(8).toString('hex')
  const tokens = usage.input + usage.output
  log.append({ key, pid: process.pid, after, nonce, tokens, nanos: costOf(usage, PRICE) })
  return nonce
}

// Agents with tools have them called, two at once; the others get their question back.
function answer({ messages, tools = [] }: ModelRequest): Pick<ModelResult, 'content' | 'finish'> {
  const rounds = messages.filter(({ role }) => role === 'tool').length
  if (tools.length === 0 || rounds >= ROUNDS) {
    return { content: [{ type: 'text', text: `answer ${messages.length}` }], finish: 'stop' }
  }
  const content = tools.map(
    ({ name }): AssistantPart => ({ type: 'tool-call', id: `${name}-${rounds}`, name, input: { round: rounds } }),
  )
  return { content, finish: 'tool-calls' }
}

function textOf({ instructions = '', messages }: ModelRequest): string {
  return `${instructions}${JSON.stringify(messages)}`
}
