import { hash } from '../../core/json.ts'
import type { ToolCallPart, ToolResultPart } from '../../core/model.ts'

/** How often each call of the last turn came running, the same in arguments and result, and whether the model was told. */
export interface Repeats {
  readonly counts: Readonly<Record<string, number>>
  readonly warned: boolean
}

/** What follows from a turn's calls: nothing, a warning to the model, or the end. `tool` is the one that repeats. */
export type Repetition =
  | { readonly kind: 'none' }
  | { readonly kind: 'warn' | 'stop'; readonly tool: string; readonly count: number }

const MOST = 3

/** Counts a turn's calls: the same call with the same arguments and result so many times running is a loop. Pure. */
export function detectRepetition(
  before: Repeats,
  calls: readonly ToolCallPart[],
  results: readonly ToolResultPart[],
): { readonly repeats: Repeats; readonly repetition: Repetition } {
  const counts: Record<string, number> = {}
  let worst: { readonly tool: string; readonly count: number } = { tool: '', count: 0 }
  for (const [at, { name, input }] of calls.entries()) {
    const key = hash({ name, input, output: results[at]?.output })
    const count = (counts[key] ?? before.counts[key] ?? 0) + 1
    counts[key] = count
    if (count > worst.count) worst = { tool: name, count }
  }
  if (worst.count < MOST) return { repeats: { counts, warned: false }, repetition: { kind: 'none' } }
  return { repeats: { counts, warned: true }, repetition: { kind: before.warned ? 'stop' : 'warn', ...worst } }
}
