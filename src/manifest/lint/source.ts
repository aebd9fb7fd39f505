import { type Document, isAlias, isMap, isPair, isScalar, LineCounter, type ParsedNode, parseAllDocuments } from 'yaml'

/** A file of manifests, as it was read. */
export interface SourceFile {
  /** As it is shown to people: relative, or `<stdin>`. */
  readonly name: string
  readonly text: string
}

/** Where something stands in a file; lines and columns begin at 1. */
export interface Spot {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** Where something stands in a document: the keys of mappings and the indexes of lists that lead to it. */
export type Path = readonly (string | number)[]

/** What the parser could not take. */
export interface Problem {
  readonly kind: 'duplicate-key' | 'invalid-yaml' | 'no-object'
  readonly spot: Spot
  readonly message: string
}

/** One document of a file, with the place of everything in it. */
export interface SourceDocument {
  readonly file: SourceFile
  readonly yaml: Document.Parsed
  /** As plain values, aliases followed. */
  readonly value: unknown
  /** The place of the key that a path ends with, or of the nearest thing above it that exists. */
  spotOf(path: Path): Spot
}

/** The documents of a file, as the API server's own parser reads them: YAML 1.1, in which `yes` is true and 0644 octal. */
export function parseSource(file: SourceFile): {
  readonly documents: readonly SourceDocument[]
  readonly problems: readonly Problem[]
} {
  const lines = new LineCounter()
  const parsed = parseAllDocuments(file.text, {
    version: '1.1',
    merge: true,
    lineCounter: lines,
    // Times and base 60 are not known to the parser of Kubernetes.
    customTags: (tags) => tags.filter((tag) => typeof tag === 'string' || !/TIME|timestamp/.test(nameOfTag(tag))),
  })
  const all: readonly Document.Parsed[] = Array.isArray(parsed) ? parsed : []
  const spotAt = (offset: number): Spot => {
    const { line, col } = lines.linePos(offset)
    return { file: file.name, line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  return {
    documents: all.filter(({ errors }) => errors.every(isDuplicate)).map((yaml) => toDocument(file, yaml, spotAt)),
    problems: faultsOf(all).map((error) => toProblem(error, spotAt(error.pos[0]))),
  }
}

function nameOfTag(tag: { readonly tag?: string; readonly format?: string }): string {
  return `${tag.tag} ${tag.format}`
}

type Fault = Document.Parsed['errors'][number]

// After the first that is no YAML, the rest of the file is misread.
function faultsOf(all: readonly Document.Parsed[]): readonly Fault[] {
  const faults = all.flatMap(({ errors }) => errors)
  const first = faults.find((fault) => !isDuplicate(fault))
  return faults.filter((fault) => isDuplicate(fault) || fault === first)
}

function isDuplicate({ code }: Fault): boolean {
  return code === 'DUPLICATE_KEY'
}

function toProblem(error: Fault, spot: Spot): Problem {
  const message = error.message.split(' at line ', 1)[0] ?? error.message
  return { kind: isDuplicate(error) ? 'duplicate-key' : 'invalid-yaml', spot, message }
}

function toDocument(file: SourceFile, yaml: Document.Parsed, spotAt: (offset: number) => Spot): SourceDocument {
  return {
    ...{ file, yaml, value: yaml.toJS({ maxAliasCount: 10_000 }) },
    spotOf: (path) => spotAt(offsetOf(yaml, path)),
  }
}

function offsetOf(yaml: Document.Parsed, path: Path): number {
  let node: unknown = yaml.contents
  let offset = yaml.contents?.range[0] ?? 0
  for (const step of path) {
    const next = stepInto(yaml, node, step)
    if (next === undefined) break
    node = next.node
    offset = next.offset ?? offset
  }
  return offset
}

function stepInto(
  yaml: Document.Parsed,
  node: unknown,
  step: string | number,
): { readonly node: unknown; readonly offset: number | undefined } | undefined {
  const within = isAlias(node) ? node.resolve(yaml) : node
  if (isMap(within)) {
    const pair = within.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
    return isPair(pair) ? { node: pair.value, offset: startOf(pair.key) } : undefined
  }
  // A list of plain nodes: `stepInto` is only given what the parser made.
  const item = (within as { readonly items?: readonly unknown[] } | null)?.items?.[Number(step)]
  return item === undefined ? undefined : { node: item, offset: startOf(item) }
}

function startOf(node: unknown): number | undefined {
  // Every node of the parser has its range.
  return (node as ParsedNode | null)?.range?.[0]
}
