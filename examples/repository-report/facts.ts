/** What is counted in one file. */
export interface FileFacts {
  readonly path: string
  readonly lines: number
  readonly words: number
  /** Notes that begin with TODO, with their line. */
  readonly todos: readonly { readonly line: number; readonly text: string }[]
  /** Markdown headings. */
  readonly headings: readonly string[]
}

/** Sums over all files. */
export interface Totals {
  readonly files: number
  readonly lines: number
  readonly words: number
  readonly todos: number
}

/** Counts one file. */
export function factsOf(path: string, text: string): FileFacts {
  const lines = text.replace(/\n$/, '').split('\n')
  const todos = lines.flatMap((content, index) => {
    const [, note] = /\bTODO:?\s*(.+)/.exec(content) ?? []
    return note === undefined ? [] : [{ line: index + 1, text: note }]
  })
  const headings = path.endsWith('.md') ? lines.flatMap((line) => /^#{1,6} (.+)/.exec(line)?.[1] ?? []) : []
  return { path, lines: lines.length, words: text.split(/\s+/).filter(Boolean).length, todos, headings }
}

/** Sums up the facts of all files. */
export function totalsOf(facts: readonly FileFacts[]): Totals {
  const sum = (count: (file: FileFacts) => number) => facts.reduce((total, file) => total + count(file), 0)
  return {
    files: facts.length,
    lines: sum((file) => file.lines),
    words: sum((file) => file.words),
    todos: sum((file) => file.todos.length),
  }
}

/** Paths of all files in what the tool `directory_tree` answers. */
export function pathsIn(tree: string): string[] {
  // The server documents this shape; a file has no children.
  return flatten(JSON.parse(tree) as TreeEntry[]).sort()
}

interface TreeEntry {
  readonly name: string
  readonly children?: readonly TreeEntry[]
}

function flatten(entries: readonly TreeEntry[], folder = ''): string[] {
  return entries.flatMap(({ name, children }) =>
    children === undefined ? [`${folder}${name}`] : flatten(children, `${folder}${name}/`),
  )
}
