import { EXIT_CODES } from '../core/error-code.ts'
import type { RunView } from '../core/route/wire.ts'
import { hasEnded } from '../core/run.ts'

/** Exit codes of a process that a signal ended: 128 and the signal's number. */
const SIGNAL_EXIT = { SIGINT: 130, SIGTERM: 143 } as const

/** Every exit code there is, with what it means. */
export const ALL_EXIT_CODES: Readonly<Record<number, string>> = {
  ...EXIT_CODES,
  [SIGNAL_EXIT.SIGINT]: 'Interrupted (SIGINT) while it waited; the run is not lost. `dev` and `serve` end with 0.',
  [SIGNAL_EXIT.SIGTERM]: 'Asked to end (SIGTERM) while it waited; the run is not lost. `dev` and `serve` end with 0.',
}

/** The exit code of a command that a signal has stopped; `reason` is the signal's name. */
export function signalExit(reason: unknown): number {
  return reason === 'SIGTERM' ? SIGNAL_EXIT.SIGTERM : SIGNAL_EXIT.SIGINT
}

/** The exit code of a command that waited for a run: 0 when it completed, or goes on; 1 when it ended in any other way. */
export function exitOfRun(status: RunView['status']): 0 | 1 {
  return status === 'completed' || status === 'continued' || !isOver(status) ? 0 : 1
}

/** Whether nothing more will happen in a run of this status by itself. */
export function isOver(status: RunView['status']): boolean {
  return status !== 'waiting-for-release' && hasEnded(status)
}
