const DEEPEST = 64
const LARGEST = 256 * 1024

/**
 * Why a tool cannot be offered: its schemas are what models are shown and validators are compiled from, and both have their limits.
 * Undefined when it is fine.
 */
export function whyUnfit(tool: { readonly inputSchema: unknown; readonly outputSchema?: unknown }): string | undefined {
  for (const [what, schema] of [
    ['inputSchema', tool.inputSchema],
    ['outputSchema', tool.outputSchema],
  ] as const) {
    const found = measure(schema)
    if (found.depth > DEEPEST) return `its ${what} nests deeper than ${DEEPEST} levels`
    if (found.size > LARGEST) return `its ${what} is larger than ${LARGEST / 1024} KiB`
  }
  return undefined
}

// With a list of its own, since a schema that nests without end would overflow the stack; stops where a limit is passed.
function measure(schema: unknown): { readonly depth: number; readonly size: number } {
  let size = 0
  let deepest = 0
  const left: { readonly value: unknown; readonly depth: number }[] = [{ value: schema, depth: 0 }]
  for (let next = left.pop(); next !== undefined && deepest <= DEEPEST && size <= LARGEST; next = left.pop()) {
    const { value, depth } = next
    deepest = Math.max(deepest, depth)
    if (typeof value === 'string') size += value.length
    else if (typeof value !== 'object' || value === null) size += 4
    else
      for (const [key, inner] of Object.entries(value)) {
        size += key.length + 4
        left.push({ value: inner, depth: depth + 1 })
      }
  }
  return { depth: deepest, size }
}
