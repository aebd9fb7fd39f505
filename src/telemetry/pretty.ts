import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

const STYLES: Readonly<Record<string, Style>> = { debug: 'dim', info: 'green', warn: 'yellow', error: 'red' }

/** A JSON line of the log as a line for people: time of day, level, message, fields; an error's stack on lines of its own. */
export function formatPretty(line: string, color: boolean): string {
  // The line comes from the JSON log, which writes objects alone.
  const { time, level, message, error, ...fields } = JSON.parse(line) as Record<string, unknown>
  const paint = (style: Style, text: string) => (color ? styleText(style, text, { validateStream: false }) : text)
  const parts = [
    paint('dim', String(time).slice(11, 23)),
    paint(STYLES[String(level)] ?? 'bold', String(level).toUpperCase().padEnd(5)),
    lines(String(message)),
    ...Object.entries({ ...fields, ...errorFields(error) }).map(
      ([name, value]) => `${paint('dim', `${printable(name)}=`)}${show(value)}`,
    ),
  ]
  return `${parts.join(' ')}\n${stackOf(error)
    .map((frame) => `${paint('dim', `  ${printable(frame)}`)}\n`)
    .join('')}`
}

function errorFields(error: unknown): Record<string, unknown> {
  if (!isObject(error)) return error === undefined ? {} : { error }
  const { name, message, stack: _, cause, ...rest } = error
  const because = isObject(cause) ? (cause.message ?? cause.name) : cause
  return {
    error: message ?? name,
    ...rest,
    ...(because === undefined || because === message ? {} : { cause: because }),
  }
}

// Where it began tells more than where it was wrapped.
function stackOf(error: unknown): string[] {
  if (!isObject(error)) return []
  const below = stackOf(error.cause)
  if (below.length > 0 || typeof error.stack !== 'string') return below
  const frames = error.stack.split('\n').map((frame) => frame.trim())
  return frames.filter((frame) => frame.startsWith('at '))
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function show(value: unknown): string {
  if (typeof value !== 'string') return printable(JSON.stringify(value) ?? String(value))
  return /^[\w./:@+-]+$/.test(value) ? value : printable(JSON.stringify(value))
}

// Further lines of a message are indented, so that none can pass for a line of the log.
function lines(text: string): string {
  return text.trimEnd().split('\n').map(printable).join('\n    ')
}

// What others wrote must not move the cursor, clear the screen or forge a line.
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
