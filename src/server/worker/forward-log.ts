import type { Log, LogFields } from '../../telemetry/log.ts'
import { logFields } from '../../telemetry/log-field.ts'
import type { FromThread } from './message.ts'

type Line = Extract<FromThread, { kind: 'log' }>
const LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const

/** A log whose lines are written elsewhere. Lines below `level` are not posted; fields are made plain, so that they can cross threads. */
export function forwardLog(post: (line: Line) => void, level: (typeof LEVELS)[number], bound: LogFields = {}): Log {
  const at = (own: Line['level']) => (fields: LogFields, message: string) => {
    if (LEVELS.indexOf(own) < LEVELS.indexOf(level)) return
    post({ kind: 'log', level: own, fields: logFields({ ...bound, ...fields }), message })
  }
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => forwardLog(post, level, { ...bound, ...fields }),
  }
}

/** Writes a line that came from a thread. */
export function writeForwarded(log: Log, { level, fields, message }: Line): void {
  log[level](fields, message)
}
