import { PolisError } from '../../core/error.ts'
import type { Judge } from '../evidence.ts'
import { brief } from './path.ts'

/** How a model judges. */
export interface JudgeOptions {
  /** `provider/model`, as polis.config.ts names the provider. */
  readonly model: string
  /** What makes an output good, in words. */
  readonly criteria: string
  /** Lowest and highest grade; the score is where the grade lies between them. Default: `[1, 5]`. */
  readonly scale?: readonly [lowest: number, highest: number]
  /** How often it is asked for each output; the score is the mean. Default: 1. */
  readonly samples?: number
  /** Default: 1000. */
  readonly maxOutputTokens?: number
  readonly temperature?: number
}

/**
 * Has a model judge each output by criteria: it answers a grade and the reason for it.
 *
 * What the agent wrote reaches the judge as data in JSON, apart from its instructions. Each question is a step of its own, so that it
 * is repeated where that may help, never asked twice, and booked to the ledger. An output that is not there scores 0 unasked.
 */
export function modelJudged(options: JudgeOptions): Judge {
  const { model, criteria, scale = [1, 5], samples = 1, maxOutputTokens = 1000, temperature } = options
  if (typeof model !== 'string' || !/^\S+$/.test(model))
    throw wrong('model', "a model such as 'openai/gpt-5', or an alias of polis.config.ts", model)
  if (typeof criteria !== 'string' || criteria.trim() === '') throw wrong('criteria', 'a text', criteria)
  const [lowest, highest] = scale
  if (!(Number.isFinite(lowest) && Number.isFinite(highest) && lowest < highest))
    throw wrong('scale', 'two numbers, the lower one first, such as [1, 5]', scale)
  if (!(Number.isInteger(samples) && samples >= 1 && samples <= 20))
    throw wrong('samples', 'a whole number from 1 to 20', samples)
  if (!(Number.isInteger(maxOutputTokens) && maxOutputTokens >= 1))
    throw wrong('maxOutputTokens', 'a whole number', maxOutputTokens)
  return Object.freeze({
    ...({ kind: 'judge', model, criteria, scale: [lowest, highest], samples, maxOutputTokens } as const),
    ...(temperature === undefined ? {} : { temperature }),
  })
}

function wrong(option: string, expected: string, got: unknown): PolisError {
  return new PolisError('INVALID_CONFIG', `modelJudged: option ${option}: expected ${expected}, got ${brief(got)}`)
}
