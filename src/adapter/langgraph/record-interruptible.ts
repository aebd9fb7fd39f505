import { AsyncLocalStorageProviderSingleton } from '@langchain/core/singletons'
import { type GraphInterrupt, interrupt, isGraphInterrupt } from '@langchain/langgraph'
import type { Place } from '../place.ts'
import { type RecordedCall, recordCall } from '../record-call.ts'
import { type Frozen, freeze, thaw } from './frozen.ts'

/** A LangChain config, as far as interrupts need it. */
export interface Config {
  readonly configurable?: Readonly<Record<string, unknown>>
}

/** A call that may interrupt the graph. */
export interface InterruptibleCall<C extends Config> extends Omit<RecordedCall, 'call'> {
  readonly config: C
  readonly call: (config: C, signal: AbortSignal) => unknown
}

/** `answered` counts the calls of `interrupt()` that returned; the values of `open` are those of the ones that did not. */
interface Outcome {
  readonly answered: number
  readonly result?: Frozen
  readonly open?: readonly unknown[]
}

/**
 * Makes a call a step that may end in an interrupt, which is an outcome like any other: the question is asked outside of the step, and
 * the node that the graph then runs again makes the call as another step.
 *
 * Interrupts count in the memory of the graph. A call that is not made again, since it is recorded, has them counted all the same.
 */
export async function recordInterruptible<C extends Config>(
  place: Place,
  { call, config, ...terms }: InterruptibleCall<C>,
): Promise<unknown> {
  let made: { interrupted?: GraphInterrupt } | undefined
  const recorded = await recordCall(place, {
    ...terms,
    async call({ signal }): Promise<Outcome> {
      made = {}
      const counted = countInterrupts(config)
      try {
        const value = await call(counted.config, signal)
        return { result: await freeze(value), answered: counted.asked() }
      } catch (reason) {
        if (!isGraphInterrupt(reason)) throw reason
        made.interrupted = reason
        return { open: reason.interrupts.map(({ value }) => value), answered: counted.asked() - 1 }
      }
    },
  })
  // What a human said that a call came to whose outcome nobody knew.
  if (!isOutcome(recorded)) return recorded
  const { result, open = [], answered } = recorded
  if (made?.interrupted !== undefined) throw made.interrupted
  if (made === undefined) within(config, () => repeat(answered, open))
  return result === undefined ? undefined : thaw(result)
}

function isOutcome(recorded: unknown): recorded is Outcome {
  return typeof recorded === 'object' && recorded !== null && 'answered' in recorded
}

// The last one throws, since nobody has answered it yet.
function repeat(answered: number, open: readonly unknown[]): void {
  for (let count = 0; count < answered; count++) interrupt(null)
  for (const value of open) interrupt(value)
}

function within<T>(config: Config, code: () => T): T {
  return AsyncLocalStorageProviderSingleton.runWithConfig(config, code)
}

const SCRATCHPAD = '__pregel_scratchpad'

function countInterrupts<C extends Config>(config: C): { readonly config: C; readonly asked: () => number } {
  const scratchpad = config.configurable?.[SCRATCHPAD]
  let asked = 0
  if (typeof scratchpad !== 'object' || scratchpad === null) return { config, asked: () => asked }
  const counting = new Proxy(scratchpad, {
    set(target, name, value) {
      if (name === 'interruptCounter') asked += 1
      return Reflect.set(target, name, value)
    },
  })
  return { config: { ...config, configurable: { ...config.configurable, [SCRATCHPAD]: counting } }, asked: () => asked }
}
