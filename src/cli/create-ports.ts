import { systemClock } from '../core/clock.ts'
import { PolisError } from '../core/error.ts'
import type { Ports } from './ports.ts'

/** The real ports. What they need is loaded at their first use, so that help and mistakes answer at once. */
export function createPorts(): Ports {
  return {
    async connect() {
      throw new PolisError('NOT_IMPLEMENTED', 'connect')
    },
    async serve() {
      throw new PolisError('NOT_IMPLEMENTED', 'serve')
    },
    async *diagnose({ dir, env }) {
      const { diagnose } = await import('./doctor/diagnose.ts')
      yield* diagnose({ dir, env, clock: systemClock() })
    },
  }
}
