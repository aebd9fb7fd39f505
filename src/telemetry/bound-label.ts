import type { Metric } from './metric.ts'

/** What stands in the place of a label value that is too much. */
const OTHER = 'other'

/** Makes the labels that may be reported from those that were given. */
export type BoundLabels = (labels: Readonly<Record<string, string>>) => Readonly<Record<string, string>>

const LONGEST = 128

/**
 * Bounds the labels of one metric: a value outside a closed list, longer than 128 characters, or beyond the first `cap` distinct
 * values of its label becomes `other`, so that no input can make the number of series grow without end.
 */
export function boundLabels({ labels, closed = {} }: Metric, cap: number): BoundLabels {
  const bounds = labels.map((label) => ({ label, bound: boundValue(closed[label], cap) }))
  return (given) => {
    const bounded: Record<string, string> = {}
    for (const { label, bound } of bounds) bounded[label] = bound(String(given[label]))
    return bounded
  }
}

function boundValue(closed: readonly string[] | undefined, cap: number): (value: string) => string {
  const known = new Set(closed)
  const room = closed === undefined ? cap : 0
  return (value) => {
    if (known.has(value)) return value
    if (known.size >= room || value.length > LONGEST) return OTHER
    known.add(value)
    return value
  }
}
