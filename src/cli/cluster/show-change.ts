import type { ObjectRef } from '../../cluster/api.ts'
import type { Change } from '../../cluster/change/change.ts'
import { escapeText } from '../terminal/escape.ts'
import type { Style } from '../terminal/style.ts'

/** An object in a line: `Deployment desk-3f2a`. */
export function showRef({ kind, name }: ObjectRef): string {
  return escapeText(`${kind} ${name}`)
}

/** A change as a unified diff. */
export function changeLines({ ref, kind, lines }: Change, style: Style): readonly string[] {
  const path = escapeText([ref.kind, ref.namespace, ref.name].filter((part) => part !== undefined).join('/'))
  const [before, after] = [
    kind === 'create' ? '/dev/null' : `live/${path}`,
    kind === 'remove' ? '/dev/null' : `new/${path}`,
  ]
  return [
    style.bold(`--- ${before}`),
    style.bold(`+++ ${after}`),
    ...lines.map((line) => paint(escapeText(line), style)),
  ]
}

/** How many objects change how, in words. */
export function summaryOf(changes: readonly Change[]): string {
  const count = (kind: Change['kind']) => changes.filter((change) => change.kind === kind).length
  const parts = [
    [count('create'), 'to create'],
    [count('update'), 'to change'],
    [count('remove'), 'to remove'],
    [count('none'), 'as they are'],
  ] as const
  const said = parts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`)
  return said.length === 0 ? 'nothing to change' : said.join(', ')
}

/** A change for programs. */
export function changeJson({ ref, kind, lines }: Change): unknown {
  return { ...ref, change: kind, diff: lines }
}

function paint(line: string, style: Style): string {
  if (line.startsWith('+')) return style.green(line)
  if (line.startsWith('-')) return style.red(line)
  return line.startsWith('@@') ? style.cyan(line) : line
}
