import { type Logger, pino } from 'pino'
import { logFields, logText } from './log-field.ts'
import { formatPretty } from './pretty.ts'

/** Facts that belong to a line of the log. Errors go under `error`. */
export type LogFields = Readonly<Record<string, unknown>>

/** Where the process says what it does, for the people who run it. */
export interface Log {
  debug(fields: LogFields, message: string): void
  info(fields: LogFields, message: string): void
  warn(fields: LogFields, message: string): void
  error(fields: LogFields, message: string): void
  /** A log whose every line carries these fields. */
  child(fields: LogFields): Log
}

/** How a log is written. */
export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  readonly format: 'json' | 'pretty'
  /** Takes whole lines; standard error by default, since standard output belongs to results. */
  readonly destination?: { write(line: string): unknown }
  /** Whether pretty lines are coloured; `wantsColor` decides it. */
  readonly color?: boolean
  /** Milliseconds since the epoch. */
  readonly now?: () => number
}

/** A log that says nothing. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silentLog }

/** A log of JSON lines, or of lines for people. Secrets never reach it: see `logFields`. */
export function createLog({
  level,
  format,
  destination = process.stderr,
  color = false,
  now = Date.now,
}: LogOptions): Log {
  const write = format === 'json' ? destination.write.bind(destination) : prettyWrite(destination, color)
  const logger = pino(
    {
      level,
      messageKey: 'message',
      base: null,
      timestamp: () => `,"time":"${new Date(now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write },
  )
  return wrap(logger)
}

/** Whether to colour what is written to a terminal: NO_COLOR forbids it, FORCE_COLOR asks for it, else a terminal decides. */
export function wantsColor(env: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '') return env.FORCE_COLOR !== '0'
  return isTerminal && env.TERM !== 'dumb'
}

function wrap(logger: Logger): Log {
  const at = (level: 'debug' | 'info' | 'warn' | 'error') => (fields: LogFields, message: string) => {
    // Looked at first, so that a line nobody wants costs nothing.
    if (logger.isLevelEnabled(level)) logger[level](logFields(fields), logText(message))
  }
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => wrap(logger.child(logFields(fields))),
  }
}

function prettyWrite(destination: { write(line: string): unknown }, color: boolean): (line: string) => void {
  return (line) => void destination.write(formatPretty(line, color))
}
