import type { PolisError } from '../core/error.ts'
import { redact, redactText } from '../core/secret.ts'
import { ADVICE } from './advice.ts'
import type { Io } from './io.ts'
import { escapeLines, escapeText } from './terminal/escape.ts'
import { createStyle } from './terminal/style.ts'

/**
 * Says on standard error what went wrong: for people one line of what and one of what to do, for programs one line of JSON.
 *
 * The stack shows with POLIS_DEBUG only.
 */
export function reportError(error: PolisError, io: Pick<Io, 'stderr' | 'env'>, json: boolean): void {
  const advice = adviceOf(error)
  if (json) {
    const { hint: _, ...details } = error.details
    io.stderr.write(`${JSON.stringify({ error: { ...error.toJSON(), details: redact(details), advice } })}\n`)
    return
  }
  const style = createStyle(io.stderr, io.env)
  // The serialised message has its secrets removed. Only a list of the project's own faults has lines; another's could feign advice.
  const text = error.toJSON().message
  const message = Array.isArray(error.details.faults ?? error.details.problems)
    ? escapeLines(text).replaceAll('\n', '\n  ')
    : escapeText(text)
  io.stderr.write(`${style.red('✗')} ${message} ${style.dim(`(${error.code})`)}\n`)
  if (advice !== '') io.stderr.write(`  ${style.cyan('→')} ${escapeText(advice)}\n`)
  if (io.env.POLIS_DEBUG) io.stderr.write(`${escapeLines(redactText(stackOf(error)))}\n`)
}

function adviceOf(error: PolisError): string {
  return typeof error.details.hint === 'string' ? error.details.hint : ADVICE[error.code]
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\nCaused by: ${stackOf(error.cause)}` : ''
  return `${error.stack ?? error.message}${cause}`
}
