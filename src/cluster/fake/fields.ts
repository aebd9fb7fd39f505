/** Leaves of an object by path: lists are leaves, as a whole. Who an object is has no owner. */
export function leavesOf(value: unknown, path = ''): ReadonlyMap<string, unknown> {
  const leaves = new Map<string, unknown>()
  const walk = (here: unknown, at: string) => {
    if (typeof here !== 'object' || here === null || Array.isArray(here)) {
      leaves.set(at, here)
      return
    }
    for (const [key, each] of Object.entries(here)) walk(each, `${at}\u0000${key}`)
  }
  walk(value, path)
  return leaves
}

/** The object with a leaf set; undefined takes it away, and what is empty then. */
export function withLeaf(object: unknown, path: string, value: unknown): Record<string, unknown> {
  const [key = '', ...rest] = path.split('\u0000').slice(1)
  const all = { ...(typeof object === 'object' && object !== null && !Array.isArray(object) ? object : {}) } as Record<
    string,
    unknown
  >
  const next = rest.length === 0 ? value : withLeaf(all[key], `\u0000${rest.join('\u0000')}`, value)
  const isEmpty = typeof next === 'object' && next !== null && !Array.isArray(next) && Object.keys(next).length === 0
  if (next === undefined || (value === undefined && isEmpty)) delete all[key]
  else all[key] = next
  return all
}

/** As the API names a field: `.spec.replicas`. */
export function fieldName(path: string): string {
  return path.replaceAll('\u0000', '.')
}
