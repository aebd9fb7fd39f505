/** JSON that Lua reads too: a half of a surrogate pair, which it takes for a mistake, becomes the replacement character. */
export function jsonForLua(value: unknown): string {
  const text = JSON.stringify(value)
  if (!text.includes('\\ud')) return text
  return JSON.stringify(value, (_, part: unknown) => wellFormed(part))
}

function wellFormed(part: unknown): unknown {
  if (typeof part === 'string') return part.toWellFormed()
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return part
  return Object.fromEntries(Object.entries(part).map(([name, value]) => [name.toWellFormed(), value]))
}
