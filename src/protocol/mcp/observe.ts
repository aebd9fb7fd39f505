import { PolisError } from '../../core/error.ts'
import type { Metrics } from '../../telemetry/metrics.ts'

/** How a call ended, as the metric tells it. */
export type CallStatus = 'ok' | 'error' | 'timeout' | 'cancelled' | 'unavailable'

/** Stands for names that are not known to exist: what callers make up must not become labels. */
export const UNKNOWN = '(unknown)'

/** Counts and times one call, whatever its outcome. `seconds` is its duration. */
export function observeCall(
  metrics: Metrics,
  { server, tool }: { readonly server: string; readonly tool: string },
  status: CallStatus,
  seconds: number,
): void {
  metrics.increment('mcp_tool_calls_total', { server, tool, status })
  metrics.observe('mcp_tool_duration_seconds', { server, tool }, seconds)
}

/** The status of a call that failed; one whose caller gave up is cancelled, whatever the reason was. */
export function statusOf(error: unknown, signal: AbortSignal): CallStatus {
  if (signal.aborted) return 'cancelled'
  const { code } = PolisError.from(error)
  if (code === 'TIMEOUT') return 'timeout'
  if (code === 'CANCELLED') return 'cancelled'
  return code === 'TOOL_UNAVAILABLE' ? 'unavailable' : 'error'
}
