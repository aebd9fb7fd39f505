/** What lies at a path such as `order.items[0].name` in a value; undefined where there is no such place. */
export function atPath(value: unknown, path: string | undefined): unknown {
  if (path === undefined || path === '') return value
  const keys = path.replaceAll(/\[(\d+)\]/g, '.$1').split('.')
  return keys.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key) ? Reflect.get(inner, key) : undefined,
    value,
  )
}

/** A value in a few words, for reasons: JSON, cut. */
export function brief(value: unknown, most = 80): string {
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? String(value))
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}
