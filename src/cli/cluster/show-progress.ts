import type { PodTrouble } from '../../cluster/health/pod.ts'
import type { Reason } from '../../cluster/health/verdict.ts'
import type { Progress, Report } from '../../cluster/progress.ts'
import { formatDuration } from '../../core/duration.ts'
import type { Context } from '../context.ts'
import { escapeText } from '../terminal/escape.ts'
import { createStyle, type Style } from '../terminal/style.ts'
import { showRef, summaryOf } from './show-change.ts'
import { drainLines } from './show-draining.ts'

/** What is waited for is said again after this time, in milliseconds, where it is the same still: a silent log looks dead. */
const AGAIN = 30_000

/** Says what happens on standard error, a line each, on a terminal or in a log; under `--json` as lines of JSON. */
export function createReport(context: Context): Report {
  const { io, json } = context
  const style = createStyle(io.stderr, io.env)
  let last = { text: '', at: 0 }
  return (progress) => {
    if (json) return io.stderr.write(`${JSON.stringify(slim(progress))}\n`)
    const lines = linesOf(progress, style)
    if (progress.kind === 'waiting') {
      const text = progress.reasons.map((reason) => reasonLine(reason, style)).join('\n')
      if (text === last.text && io.clock.now() - last.at < AGAIN) return
      last = { text, at: io.clock.now() }
    }
    context.note(...lines)
  }
}

// Whole objects are for people who ask for them.
function slim(progress: Progress): unknown {
  if (progress.kind === 'changes')
    return { kind: 'changes', changes: progress.changes.map(({ ref, kind }) => ({ ...ref, change: kind })) }
  if (progress.kind === 'draining')
    return {
      kind: 'draining',
      releases: progress.releases.map(({ release, holdsRuns }) => ({ release, holdsRuns: holdsRuns ?? null })),
    }
  return progress
}

function linesOf(progress: Progress, style: Style): readonly string[] {
  switch (progress.kind) {
    case 'warning':
      return [`${style.yellow('warning:')} ${escapeText(progress.message)}`]
    case 'changes':
      return [summaryOf(progress.changes)]
    case 'lock-held':
      return [`waits for ${escapeText(progress.holder)}, who changes the deployment`]
    case 'namespace-made':
      return [`${style.green('+')} Namespace ${escapeText(progress.namespace)}`]
    case 'secret-made':
      return [`${style.green('+')} Secret ${escapeText(progress.name)} (random values)`]
    case 'revision':
      return [revisionLine(progress)]
    case 'applied':
      return progress.change === 'none'
        ? []
        : [`${progress.change === 'create' ? style.green('+') : style.yellow('~')} ${showRef(progress.ref)}`]
    case 'waiting':
      return progress.reasons.flatMap((reason) => [
        `${style.dim('…')} ${reasonLine(reason, style)}`,
        ...troubleLines(reason.troubles),
      ])
    case 'healthy':
      return [style.green('healthy'), ...progress.notes.map(escapeText)]
    case 'unhealthy':
      return unhealthyLines(progress, style)
    case 'removed':
      return [`${style.red('-')} ${showRef(progress.ref)}`]
    case 'kept':
      return [`${style.dim('=')} ${showRef(progress.ref)} stays: ${escapeText(progress.why)}`]
    case 'draining':
      return drainLines({ draining: progress.releases, warnings: [] })
    case 'cut-off':
      return [`revision ${progress.number} is cut off in the middle: running the same again goes on`]
    case 'rolling-back':
      return [`${style.yellow('rolls back')} to revision ${progress.to}`]
  }
}

function revisionLine({ number, resumed, rollbackTo }: Extract<Progress, { kind: 'revision' }>): string {
  if (rollbackTo !== undefined) return `revision ${number}: back to ${rollbackTo}`
  return resumed ? `revision ${number}: goes on where it was cut off` : `revision ${number}`
}

function reasonLine({ ref, reason }: Reason, style: Style): string {
  return `${style.bold(showRef(ref))} ${escapeText(reason)}`
}

function troubleLines(troubles: readonly PodTrouble[]): readonly string[] {
  return troubles
    .slice(0, 5)
    .map(({ pod, reason, message }) => `    ${escapeText(`${pod}: ${[reason, message].filter(Boolean).join(': ')}`)}`)
}

function unhealthyLines(
  { why, reasons, logs }: Extract<Progress, { kind: 'unhealthy' }>,
  style: Style,
): readonly string[] {
  return [
    ...reasons.flatMap((reason) => [
      `${style.red('✗')} ${reasonLine(reason, style)}`,
      ...troubleLines(reason.troubles),
    ]),
    ...logs.flatMap(({ trouble, lines }) => [
      style.dim(`    ${trouble.pod} wrote last:`),
      ...lines.map((line) => `      ${escapeText(line)}`),
    ]),
    style.red(why),
  ]
}

/** How much time something took, for a last line. */
export function took(since: number, now: number): string {
  return formatDuration(now - since)
}
