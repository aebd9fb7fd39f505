import type { DecodedEntry } from '../../src/core/entry.ts'
import type { Look } from './client.ts'
import type { Collected } from './collect.ts'
import type { EffectLine } from './effect-log.ts'
import { overtaken, type Placed } from './overtaken.ts'

/** How many effects happened again, by what they were declared to be; `told` were `once` steps that say that they may. */
export interface Repeats {
  readonly read: number
  readonly idempotent: number
  readonly once: number
  readonly told: number
  /** Effects of a process that was stopped, or cut off, within its call, while another one made the same call. */
  readonly overtaken: number
}

/** Counts repeated effects; `stubborn` are the runs whose `once` steps are repeated knowingly. */
export function checkEffects(
  effects: readonly Placed<EffectLine>[],
  store: Collected,
  stubborn: ReadonlySet<string>,
  looks: readonly Look[] = [],
): {
  readonly repeated: readonly string[]
  readonly unrecorded: Repeats
  /** Those of `once` steps that do not say that they may, each with what is known of its calls. */
  readonly again: readonly string[]
} {
  const outcomes = recordedOutcomes(store)
  const [repeated, again]: [string[], string[]] = [[], []]
  const unrecorded = { read: 0, idempotent: 0, once: 0, told: 0, overtaken: 0 }
  for (const [key, all] of Map.groupBy(effects, (line) => line.key)) {
    const sizes = looks.filter((look) => look.key === key).map(({ size }) => size)
    const late = overtaken(all, sizes)
    unrecorded.overtaken += late.size
    const lines = all.filter((line) => !late.has(line))
    const recorded = outcomes.get(key) ?? []
    const settled = lastRecorded(lines, recorded)
    // An attempt whose failure was recorded is followed by the next one; after any other recorded outcome nothing may follow.
    const after = lines.slice(settled.at + 1).filter(({ attempt }) => settled.isFinal || attempt <= settled.attempt)
    for (const { nonce, attempt } of after)
      repeated.push(`${key}: effect ${nonce} (attempt ${attempt}) after its record`)
    const known = new Set(recorded.map(({ nonce }) => nonce))
    const vain = lines.filter((line, index) => !known.has(line.nonce) && index < lines.length - 1).length
    const [first] = lines
    if (first === undefined) continue
    const isTold = first.effect === 'once' && stubborn.has(key.slice(0, key.indexOf('/')))
    unrecorded[isTold ? 'told' : first.effect] += vain
    if (vain > 0 && first.effect === 'once' && !isTold) again.push(tell(key, all, sizes))
  }
  return { repeated, unrecorded, again }
}

function tell(key: string, lines: readonly Placed<EffectLine>[], looks: readonly number[]): string {
  const calls = lines.map(
    ({ pid, attempt, after, at }) => `attempt ${attempt} of process ${pid} from ${after} to ${at}`,
  )
  return `${key} happened again: ${calls.join(', ')}; looked for in vain at ${looks.join(', ') || 'no time'}`
}

interface Outcome {
  readonly nonce: string
  readonly isFinal: boolean
}

function lastRecorded(lines: readonly EffectLine[], recorded: readonly Outcome[]) {
  const last = recorded.at(-1)
  const at = last === undefined ? lines.length : lines.findIndex(({ nonce }) => nonce === last.nonce)
  return { at: at === -1 ? lines.length : at, attempt: lines[at]?.attempt ?? 0, isFinal: last?.isFinal ?? false }
}

/** By key, which effects the journals know the outcome of, in order. */
function recordedOutcomes({ runs }: Collected): ReadonlyMap<string, readonly Outcome[]> {
  const outcomes = new Map<string, Outcome[]>()
  for (const entry of runs.flatMap(({ entries }) => entries)) {
    const nonce = nonceOf(entry)
    if (nonce === undefined || !('id' in entry.data)) continue
    const key = `${entry.run}/${entry.data.id}`
    const list = outcomes.get(key) ?? []
    outcomes.set(key, list)
    list.push({ nonce, isFinal: entry.kind !== 'step-retrying' })
  }
  return outcomes
}

function nonceOf(entry: DecodedEntry): string | undefined {
  if (entry.kind === 'step-completed') {
    const { output } = entry.data
    return typeof output === 'object' && output !== null && 'nonce' in output ? String(output.nonce) : undefined
  }
  if (entry.kind !== 'step-failed' && entry.kind !== 'step-retrying') return undefined
  return /planned failure ([0-9a-f]{16})/.exec(entry.data.error.message)?.[1]
}
