/** How to take back what was changed, newest last. */
export type UndoLog = (() => void)[]

/** Rows by key. Rows are never changed in place: a change sets a new one. Every change can be undone. */
export interface Table<V> {
  get(key: string): V | undefined
  set(key: string, row: V): void
  delete(key: string): boolean
  keys(): Iterable<string>
  values(): Iterable<V>
  copy(undo: UndoLog): Table<V>
}

/** A table whose changes are written to the undo log. */
export function createTable<V>(undo: UndoLog, rows = new Map<string, V>()): Table<V> {
  const remember = (key: string) => {
    const before = rows.get(key)
    undo.push(() => void (before === undefined ? rows.delete(key) : rows.set(key, before)))
  }
  return {
    get: (key) => rows.get(key),
    set: (key, row) => {
      remember(key)
      rows.set(key, row)
    },
    delete: (key) => {
      remember(key)
      return rows.delete(key)
    },
    keys: () => rows.keys(),
    values: () => rows.values(),
    copy: (log) => createTable(log, new Map(rows)),
  }
}

/** Lists that only grow, by key: an append costs the same however long the list is. */
export interface Lists<V> {
  get(key: string): readonly V[]
  push(key: string, items: readonly V[]): void
  delete(key: string): void
  copy(undo: UndoLog): Lists<V>
}

/** Lists whose changes are written to the undo log. */
export function createLists<V>(undo: UndoLog, lists = new Map<string, V[]>()): Lists<V> {
  return {
    get: (key) => lists.get(key) ?? [],
    push: (key, items) => {
      const list = lists.get(key) ?? []
      const { length } = list
      undo.push(() => void (length === 0 ? lists.delete(key) : list.splice(length)))
      lists.set(key, list)
      for (const item of items) list.push(item)
    },
    delete: (key) => {
      const list = lists.get(key)
      if (list === undefined) return
      undo.push(() => void lists.set(key, list))
      lists.delete(key)
    },
    copy: (log) => createLists(log, new Map([...lists].map(([key, list]) => [key, [...list]]))),
  }
}

/** One key of several parts: no two different lists of parts share one. */
export function keyOf(...parts: readonly string[]): string {
  return JSON.stringify(parts)
}
