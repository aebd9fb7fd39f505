/** A map whose values come and go, as many as there are runs. */
export interface ShortLived<Value> {
  readonly size: number
  has(key: string): boolean
  get(key: string): Value | undefined
  set(key: string, value: Value): void
  delete(key: string): boolean
  clear(): void
  keys(): Iterable<string>
  values(): readonly Value[]
}

/**
 * An empty one.
 *
 * A `Map` that stays while its entries change outgrows its table again and again; V8 leads each table to the one after it, so that an old
 * one that was promoted keeps all later ones, and what they held, until the next full collection. Here a table holds cells, which are
 * emptied, so that what they held is freed by the next young collection.
 */
export function createShortLived<Value>(): ShortLived<Value> {
  const cells = new Map<string, { value: Value | undefined }>()
  return {
    get size() {
      return cells.size
    },
    has: (key) => cells.has(key),
    get: (key) => cells.get(key)?.value,
    set(key, value) {
      const cell = cells.get(key)
      if (cell === undefined) cells.set(key, { value })
      else cell.value = value
    },
    delete(key) {
      const cell = cells.get(key)
      if (cell === undefined) return false
      cell.value = undefined
      return cells.delete(key)
    },
    clear() {
      for (const cell of cells.values()) cell.value = undefined
      cells.clear()
    },
    keys: () => cells.keys(),
    values: () => [...cells.values()].flatMap(({ value }) => (value === undefined ? [] : [value])),
  }
}
