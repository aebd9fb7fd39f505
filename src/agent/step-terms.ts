import { type Duration, formatDuration, parseDuration } from '../core/duration.ts'
import { PolisError } from '../core/error.ts'
import { hash } from '../core/json.ts'
import type { StepTerms } from '../engine/scope.ts'
import type { RetryPolicy, StepOptions } from './step-options.ts'

/** What holds where a step says nothing; milliseconds. */
export interface StepDefaults {
  readonly timeout: number
  readonly toolTimeout: number
  /** How long a human may take over a question for which a tool server holds its request open. */
  readonly questionTimeout: number
  /** What a drain allows running steps. */
  readonly drain: number
}

const DELAY = 1000
const MAX_DELAY = 60_000

/**
 * A step's options as the engine wants them.
 *
 * @throws PolisError INVALID_ARGUMENT naming the option; also when a timeout is longer than the drain and the step is not interruptible.
 */
export function toTerms(options: StepOptions, defaults: StepDefaults, where: string): Omit<StepTerms, 'effect'> {
  const { retry = NO_RETRY, uncertain = 'ask', input } = options
  return {
    uncertain: oneOf(uncertain, ['ask', 'fail', 'retry'], `uncertain of ${where}`),
    attempts: retry.attempts === undefined ? undefined : positive(retry.attempts, `retry.attempts of ${where}`),
    delay: milliseconds(retry.delay, DELAY, `retry.delay of ${where}`),
    maxDelay: milliseconds(retry.maxDelay, MAX_DELAY, `retry.maxDelay of ${where}`),
    factor: retry.factor ?? 2,
    jitter: retry.jitter ?? true,
    timeout: timeoutOf(options, defaults, where),
    hash: input === undefined ? undefined : hash(input),
  }
}

const NO_RETRY: RetryPolicy = {}

function timeoutOf(
  { timeout, interruptible = false, effect }: StepOptions,
  defaults: StepDefaults,
  where: string,
): number {
  if (effect !== undefined) oneOf(effect, ['read', 'idempotent', 'once'], `effect of ${where}`)
  if (timeout === undefined) return defaults.timeout
  const limit = parseDuration(timeout, `timeout of ${where}`)
  if (limit <= defaults.drain || interruptible) return limit
  throw new PolisError(
    'INVALID_ARGUMENT',
    `Option timeout of ${where}: expected at most agent.graceful_shutdown_timeout (${formatDuration(defaults.drain)}), got ${formatDuration(limit)}. ` +
      'A longer step could not end when its worker is asked to stop: shorten it, raise the setting, or mark the step interruptible',
  )
}

function milliseconds(value: Duration | undefined, fallback: number, option: string): number {
  return value === undefined ? fallback : parseDuration(value, option)
}

function positive(value: number, option: string): number {
  if (Number.isInteger(value) && value >= 1) return value
  throw new PolisError(
    'INVALID_ARGUMENT',
    `Option ${option}: expected a whole number from 1, got ${JSON.stringify(value)}`,
  )
}

function oneOf<T extends string>(value: T, allowed: readonly T[], option: string): T {
  if (allowed.includes(value)) return value
  throw new PolisError(
    'INVALID_ARGUMENT',
    `Option ${option}: expected ${allowed.join(', ')}, got ${JSON.stringify(value)}`,
  )
}
