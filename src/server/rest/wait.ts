import type { Clock } from '../../core/clock.ts'
import { LONGEST_WAIT } from '../../core/route/longest-wait.ts'

/** How long the client wants to wait for a run's end, in ms: `?wait=10s`, else `Prefer: wait=10`; undefined when it does not. */
export function readWait(query: number | undefined, prefer: string | undefined): number | undefined {
  const [, seconds] = /(?:^|[,;])\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:$|[,;])/i.exec(prefer ?? '') ?? []
  const asked = query ?? (seconds === undefined ? undefined : Number(seconds) * 1000)
  return asked === undefined ? undefined : Math.min(asked, LONGEST_WAIT)
}

/** Runs with a signal that aborts after so many ms, or when another one does. */
export async function within<T>(
  milliseconds: number,
  clock: Clock,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController()
  const cancel = clock.setTimer(clock.now() + milliseconds, () => limit.abort())
  try {
    return await work(AbortSignal.any([limit.signal, signal]))
  } finally {
    cancel()
  }
}
