import { readText } from './source.ts'

/** What may import what, read from the table in ARCHITECTURE.md. */
export type Parts = ReadonlyMap<string, ReadonlySet<string>>

/** The files of `src` that belong to no part, and the parts each of them may not import. */
export const rootFiles: Readonly<Record<string, readonly string[]>> = {
  'main.ts': [],
  'index.ts': ['cli'],
  'testing.ts': ['cli'],
  'evals.ts': ['server', 'cli'],
}

/** Reads the rows `| \`part\` | may import | … |`: names of parts, `all above`, or a dash for none. */
export function readParts(): Parts {
  const parts = new Map<string, Set<string>>()
  for (const [, name = '', allowed = ''] of readText('ARCHITECTURE.md').matchAll(/^\| `([a-z-]+)` *\|([^|]*)\|/gm)) {
    const words = allowed.includes('all above') ? [...parts.keys()] : (allowed.match(/[a-z][a-z-]*/g) ?? [])
    parts.set(name, new Set(words))
  }
  return parts
}
