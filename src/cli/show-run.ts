import { formatDuration } from '../core/duration.ts'
import type { CostView, RunView } from '../core/route/wire.ts'
import { type Context, showJson } from './context.ts'
import { isOver } from './exit-code.ts'
import { countCalls, showAssumed, showCost } from './show-cost.ts'
import { escapeLines, escapeText } from './terminal/escape.ts'
import type { Style } from './terminal/style.ts'
import { renderFields } from './terminal/table.ts'

/** A run's facts as aligned lines. */
export function runFields(run: RunView, context: Context): readonly string[] {
  const { style } = context
  const now = context.io.clock.now()
  const tags = Object.entries(run.tags).map(([name, value]) => `${name}=${value}`)
  const fields: (readonly [string, string | undefined])[] = [
    ['run', run.run],
    ['agent', run.agent],
    ['status', run.status],
    ['reason', run.reason],
    ['session', run.session],
    ['parent', run.parent?.run],
    ['tags', tags.length === 0 ? undefined : tags.join(' ')],
    ['release', run.release],
    ['created', `${showTime(run.createdAt)} (${showAge(run.createdAt, now)} ago)`],
    ['took', run.endedAt === undefined ? undefined : formatDuration(run.endedAt - run.createdAt)],
    ['archived', run.archivedAt === undefined ? undefined : showTime(run.archivedAt)],
    ['wakes', run.wakeAt === undefined ? undefined : showTime(run.wakeAt)],
    ['entries', String(run.sequence)],
    ['cost', run.cost === undefined ? undefined : costLine(run.cost)],
  ]
  const present = fields.flatMap(([name, value]) =>
    value === undefined ? [] : [[name, name === 'status' ? paintRunStatus(value, style) : escapeText(value)] as const],
  )
  return renderFields(present, style)
}

function costLine(cost: CostView): string {
  const assumed = cost.assumed.calls === 0 ? '' : `, ${showAssumed(cost)} of it assumed`
  return `${showCost(cost)} (${countCalls(cost.calls)}, ${cost.tokens} tokens${assumed})`
}

/** How a run ended: its output, or its error and what can be done about it. Nothing for a run that goes on. */
export function outcomeLines(run: RunView, context: Context): readonly string[] {
  const { style, io } = context
  if (run.status === 'completed') return run.output === undefined ? [] : [showOutput(run.output, context)]
  if (run.status === 'continued' || !isOver(run.status)) return []
  const what = run.error ? `${run.error.code}: ${run.error.message}` : (run.reason ?? '')
  return [`${style.red(run.status)}  ${io.stdout.isTTY ? escapeLines(what) : what}`, ...nextSteps(run, style)]
}

/** A status in its colour. `text` may be padded already. */
export function paintRunStatus(status: string, style: Style, text = status): string {
  if (status === 'completed' || status === 'continued') return style.green(text)
  if (status === 'failed' || status === 'dead' || status === 'diverged') return style.red(text)
  if (status === 'running') return style.cyan(text)
  return status === 'cancelled' ? style.dim(text) : style.yellow(text)
}

/** A time (ms since the epoch) in the machine's own time zone, as `2026-11-23 14:05:09`. */
export function showTime(at: number): string {
  const time = Temporal.Instant.fromEpochMilliseconds(Math.round(at)).toZonedDateTimeISO(Temporal.Now.timeZoneId())
  return time.toPlainDateTime().toString({ smallestUnit: 'second' }).replace('T', ' ')
}

/** How long ago a time was. */
export function showAge(at: number, now: number): string {
  return formatDuration(Math.max(0, now - at))
}

function showOutput(output: unknown, { io }: Context): string {
  if (typeof output !== 'string') return showJson(output, io)
  return io.stdout.isTTY ? escapeLines(output) : output
}

function nextSteps({ run, status }: RunView, style: Style): readonly string[] {
  const hint = (text: string) => `${style.cyan('→')} ${text}`
  if (status === 'failed' || status === 'dead')
    return [hint(`polis runs retry ${run}   continues at the step that failed`)]
  if (status === 'diverged') return [hint(`polis runs fork ${run}   goes on with the code as it is now`)]
  return []
}
