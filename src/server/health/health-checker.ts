/**
 * Health, as orchestrators ask for it.
 *
 * Role: runs the checks that others add and says how they went. Boundary: it knows no dependency by itself.
 * Invariants:
 * 1. Checks run in parallel, each within its own timeout: one that throws, hangs or is slow is reported as such and delays no other.
 * 2. Liveness without checks passes, since the answer itself shows that the event loop turns; readiness or startup without checks fails.
 * 3. A result is kept for a second: however often probes ask, a check runs at most once in it, and never twice at once.
 */
import type { Clock } from '../../core/clock.ts'
import { PolisError } from '../../core/error.ts'
import { within } from '../within.ts'

/** Which question a check belongs to. */
export type HealthKind = 'liveness' | 'readiness' | 'startup'

/** How one check went; `ms` is how long it took. */
export interface CheckResult {
  readonly status: 'ok' | 'fail'
  readonly ms: number
  readonly error?: string
  /** What whoever looks should know although all is well. */
  readonly note?: string
}

/** How all checks of a kind went: `ok` when every one did. */
export interface HealthReport {
  readonly status: 'ok' | 'fail'
  readonly checks: Readonly<Record<string, CheckResult>>
}

/** Resolves when all is well, and rejects with what is not; a text that it resolves with is a note. The signal aborts at the timeout. */
export type Check = (signal: AbortSignal) => unknown

/** See the head of this file. */
export interface HealthChecker {
  /** Adds a check; one of the same kind and name takes the place of the other. Returns what removes it. `timeout` is milliseconds. */
  add(kind: HealthKind, name: string, check: Check, options?: { readonly timeout?: number }): () => void
  /** Never rejects. */
  report(kind: HealthKind): Promise<HealthReport>
}

/** What the checker works with. */
export interface HealthOptions {
  readonly clock: Clock
  /** Milliseconds that a check may take where it says nothing else. */
  readonly timeout: number
  /** Told how each check went, for metrics. */
  readonly onResult?: (kind: HealthKind, name: string, result: CheckResult) => void
}

interface Entry {
  readonly name: string
  readonly check: Check
  readonly timeout: number
  running?: Promise<CheckResult>
  // When the last result stops being good.
  until: number
}

const KEPT = 1000

/** A checker without checks. */
export function createHealthChecker({ clock, timeout, onResult = () => {} }: HealthOptions): HealthChecker {
  const entries: Record<HealthKind, Map<string, Entry>> = {
    liveness: new Map(),
    readiness: new Map(),
    startup: new Map(),
  }
  const ask = async (kind: HealthKind, entry: Entry) => {
    if (entry.running === undefined || clock.now() >= entry.until) {
      entry.until = Number.POSITIVE_INFINITY
      entry.running = runCheck(entry, clock).then((result) => {
        entry.until = clock.now() + KEPT
        onResult(kind, entry.name, result)
        return result
      })
    }
    return [entry.name, await entry.running] as const
  }
  return {
    add(kind, name, check, options = {}) {
      const entry: Entry = { name, check, timeout: options.timeout ?? timeout, until: 0 }
      entries[kind].set(name, entry)
      return () => void (entries[kind].get(name) === entry && entries[kind].delete(name))
    },
    async report(kind) {
      const results = await Promise.all([...entries[kind].values()].map((entry) => ask(kind, entry)))
      return toReport(kind, results)
    },
  }
}

async function runCheck({ check, name, timeout }: Entry, clock: Clock): Promise<CheckResult> {
  const started = clock.now()
  const abort = new AbortController()
  const late = () => {
    const error = new PolisError('TIMEOUT', `The check ${name} did not end within ${timeout} ms`)
    abort.abort(error)
    return error
  }
  try {
    const note = await within(clock, timeout, Promise.try(check, abort.signal), late)
    return { status: 'ok', ms: clock.now() - started, ...(typeof note === 'string' ? { note } : {}) }
  } catch (reason) {
    return { status: 'fail', ms: clock.now() - started, error: PolisError.from(reason).message }
  }
}

function toReport(kind: HealthKind, results: readonly (readonly [string, CheckResult])[]): HealthReport {
  const healthy = results.every(([, { status }]) => status === 'ok') && (results.length > 0 || kind === 'liveness')
  return { status: healthy ? 'ok' : 'fail', checks: Object.fromEntries(results) }
}
