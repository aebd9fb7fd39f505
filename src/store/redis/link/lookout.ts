import type { Clock } from '../../../core/clock.ts'
import type { Random } from '../../../core/random.ts'
import { pause } from './pause.ts'

/** How often is looked. */
export interface LookoutOptions {
  readonly look: () => Promise<void>
  readonly failed: (reason: unknown) => void
  /** Whether something is missing. */
  readonly isUrgent: () => boolean
  readonly clock: Clock
  readonly random: Random
  readonly signal: AbortSignal
}

const EVERY = 15_000
const SOON = 200

/** Looks at once and then again and again until it is ended: soon while it is urgent or was asked for, else now and then. */
export function keepLooking(options: LookoutOptions): { soon(): void } {
  const { look, failed, isUrgent, clock, random, signal } = options
  let hurry = new AbortController()
  const rest = (longest: number, ...signals: AbortSignal[]) =>
    pause(clock, longest * (0.5 + random.next() / 2), AbortSignal.any([signal, ...signals]))
  const run = async () => {
    while (!signal.aborted) {
      await look().catch(failed)
      if (!isUrgent()) await rest(EVERY, hurry.signal)
      hurry = new AbortController()
      // However often it is asked for: the nodes need a moment to agree.
      await rest(SOON)
    }
  }
  void run()
  return { soon: () => hurry.abort() }
}
