import type { Health } from '../../cluster/health/health.ts'
import type { Revision } from '../../cluster/revision/revision.ts'
import type { ObjectStatus, PodStatus, Status } from '../../cluster/status/status.ts'
import type { Context } from '../context.ts'
import { showAge } from '../show-run.ts'
import { escapeText } from '../terminal/escape.ts'
import { renderTable } from '../terminal/table.ts'
import { showRef } from './show-change.ts'
import { drainLines } from './show-draining.ts'
import { revisionJson } from './show-outcome.ts'

/** Revisions that are shown. */
const SHOWN = 5

/** How a deployment stands, for people. */
export function statusLines(
  status: Status,
  named: { readonly name: string; readonly namespace: string },
  context: Context,
): readonly string[] {
  const { style } = context
  const { present, holder, events, healthy } = status
  if (present === undefined)
    return [`There is no deployment ${escapeText(named.name)} in ${escapeText(named.namespace)}`]
  const { target } = present
  if (present.status === 'removed')
    return [
      `${escapeText(target.name)} was removed from ${escapeText(target.namespace)}; its data is kept: 'polis delete --volumes' removes it, 'polis apply' goes on with it`,
    ]
  return [
    `${healthy ? style.green('healthy') : style.red('not healthy')}  ${style.bold(escapeText(target.name))} in ${escapeText(target.namespace)}, environment ${escapeText(target.environment)}, release ${escapeText(target.release)}, ${escapeText(target.image)}`,
    ...(holder === '' ? [] : [style.yellow(`${escapeText(holder)} changes it right now`)]),
    ...drainLines(status),
    ...section('', revisionTable(status.revisions, context)),
    ...section('', objectTable(status.objects, context)),
    ...section('', podTable(status.pods, context)),
    ...section(
      'Warnings of the last hour',
      events.map(({ object, reason, message, count }) =>
        escapeText(`${object}: ${reason}: ${message}${count > 1 ? ` (${count} times)` : ''}`),
      ),
    ),
  ]
}

/** Likewise, for programs. */
export function statusJson({ revisions, present, ...rest }: Status): unknown {
  return {
    healthy: rest.healthy,
    revision: present === undefined ? null : revisionJson(present),
    history: revisions.map(revisionJson),
    changing: rest.holder || null,
    objects: rest.objects.map(({ ref, health }) => ({ ...ref, ...healthJson(health) })),
    pods: rest.pods,
    draining: rest.draining.map(({ release, holdsRuns }) => ({ release, holdsRuns: holdsRuns ?? null })),
    ...{ warnings: rest.warnings, events: rest.events },
  }
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', ...(title === '' ? [] : [title]), ...lines]
}

function revisionTable(revisions: readonly Revision[], { style, width, io }: Context): readonly string[] {
  if (revisions.length === 0) return []
  const why = ({ reason, message }: Revision) => message ?? reason ?? ''
  return renderTable<Revision>(
    [
      { title: 'REVISION', value: ({ number }) => String(number), align: 'end' },
      { title: 'STATUS', value: ({ status }) => status },
      { title: 'WHAT', value: ({ cause }) => (cause.kind === 'rollback' ? `back to ${cause.to}` : 'apply') },
      { title: 'RELEASE', value: ({ target }) => target.release },
      { title: 'AGE', value: ({ startedAt }) => showAge(startedAt, io.clock.now()), align: 'end' },
      { title: 'BY', value: ({ by }) => by },
      { title: 'COMMIT', value: ({ commit = '' }) => commit.slice(0, 12) },
      { title: 'WHY', value: why, flexible: true },
    ],
    revisions.slice(-SHOWN).toReversed(),
    style,
    width,
  )
}

function objectTable(objects: readonly ObjectStatus[], { style, width }: Context): readonly string[] {
  if (objects.length === 0) return []
  return renderTable<ObjectStatus>(
    [
      { title: 'OBJECT', value: ({ ref }) => showRef(ref) },
      {
        title: 'HEALTH',
        value: ({ health }) => health.kind,
        paint: (text, { health }) =>
          health.kind === 'healthy'
            ? style.green(text)
            : health.kind === 'failed'
              ? style.red(text)
              : style.yellow(text),
      },
      { title: '', value: ({ health }) => saying(health), flexible: true },
    ],
    objects,
    style,
    width,
  )
}

function podTable(pods: readonly PodStatus[], { style, width, io }: Context): readonly string[] {
  if (pods.length === 0) return []
  return renderTable<PodStatus>(
    [
      { title: 'POD', value: ({ name }) => name },
      { title: 'READY', value: ({ ready, phase }) => (ready ? 'ready' : phase) },
      { title: 'RESTARTS', value: ({ restarts }) => String(restarts), align: 'end' },
      { title: 'AGE', value: ({ createdAt }) => showAge(Date.parse(createdAt), io.clock.now()), align: 'end' },
      { title: 'NODE', value: ({ node }) => node },
      {
        title: '',
        value: ({ trouble }) => (trouble === undefined ? '' : `${trouble.reason}: ${trouble.message}`),
        flexible: true,
      },
    ],
    pods,
    style,
    width,
  )
}

function saying(health: Health): string {
  return health.kind === 'healthy' ? (health.note ?? '') : health.reason
}

function healthJson(health: Health): Readonly<Record<string, string>> {
  return { health: health.kind, ...(saying(health) === '' ? {} : { reason: saying(health) }) }
}
