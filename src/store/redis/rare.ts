import type { Packer, Value } from './pack.ts'

/** A part that few operations have: its name, and what it is of one of them; undefined where that has none. */
export type RarePart<T> = readonly [name: string, of: (from: T) => Value | ((out: Packer) => void)]

/** Writes the parts that there are as a map; nil where there is none. It is done for each operation, so that it makes no lists. */
export function packRare<T>(out: Packer, parts: readonly RarePart<T>[], from: T): void {
  const start = out.size()
  const setLength = out.openMap()
  let count = 0
  for (const [name, of] of parts) {
    const value = of(from)
    if (value === undefined) continue
    count++
    out.text(name)
    if (typeof value === 'function') value(out)
    else out.value(value)
  }
  if (count > 0) return setLength(count)
  out.cut(start)
  out.value(undefined)
}
