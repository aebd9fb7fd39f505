import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Effect } from '../../src/core/tool.ts'
import type { StepContext } from '../../src/index.ts'
import { type EffectLog, readEffects } from './effect-log.ts'
import type { Killer } from './killer.ts'

/** What an executed effect leaves: its value, and which execution it was. */
export interface Done {
  readonly value: string
  readonly nonce: string
}

/** How an effect goes: `fails` first attempts throw after their effect, `wait` milliseconds pass before it. */
export interface Manner {
  readonly value: string
  readonly fails?: number
  readonly wait?: number
}

/** The world that steps act upon. */
export interface World {
  perform(step: StepContext, effect: Effect, manner: Manner): Promise<Done>
  /** What a human, or a careful agent, finds out: whether the effect with that key happened. */
  find(key: string): Done | undefined
}

/** A world that is a log, in a process that may be killed around each effect. */
export function createWorld(log: EffectLog, path: string, killer: Killer): World {
  return {
    async perform(step, effect, { value, fails = 0, wait = 0 }) {
      const after = log.size()
      killer.reach('step-before')
      if (wait > 0) await delay(wait, undefined, { signal: step.signal })
      const nonce = randomBytes(8).toString('hex')
      const { key, attempt } = step
      log.append({ key, effect, attempt, pid: process.pid, after, time: Date.now(), nonce, value })
      killer.reach('step-after')
      if (step.attempt <= fails) throw new Error(`planned failure ${nonce}`)
      return { value, nonce }
    },
    find: (key) => findEffect(path, key),
  }
}

/** The last effect with that key. */
export function findEffect(path: string, key: string): Done | undefined {
  return readEffects(path).findLast((line) => line.key === key)
}
