import { type Document, isMap, isScalar, parseAllDocuments } from 'yaml'
import type { Report } from './lint.ts'
import type { Edit } from './rule.ts'
import type { Path, SourceDocument } from './source.ts'

/** A file as it should be. */
export interface FixedFile {
  readonly file: string
  readonly text: string
  /** How many findings are answered by it. */
  readonly fixes: number
}

/** The files with the fixes of their findings made; documents without one keep their bytes, all keep their comments. */
export function fixFiles(reports: readonly Report[]): readonly FixedFile[] {
  const fixable = reports.filter(({ fix, subject }) => fix !== undefined && subject !== undefined)
  const byDocument = Map.groupBy(fixable, ({ subject }) => subject?.document)
  const documents = [...byDocument].filter((pair): pair is [SourceDocument, Report[]] => pair[0] !== undefined)
  const byFile = Map.groupBy(documents, ([{ file }]) => file)
  return [...byFile].map(([{ name, text }, changed]) => ({
    file: name,
    text: changed
      .toSorted(([one], [other]) => other.yaml.range[0] - one.yaml.range[0])
      .reduce((before, [document, its]) => replaceDocument(before, document, its), text),
    fixes: changed.flatMap(([, its]) => its).length,
  }))
}

function replaceDocument(text: string, { yaml, file }: SourceDocument, reports: readonly Report[]): string {
  const [start, , end] = yaml.range
  const slice = file.text.slice(start, end)
  // Parsed again without rules of YAML 1.1, so that texts stay as they are written.
  const [fresh] = parseAllDocuments(slice, { keepSourceTokens: false })
  if (fresh === undefined) return text
  for (const { fix = [], subject } of reports) {
    // From the end of lists, so that an index stays right until its turn.
    for (const edit of fix) apply(fresh as Document, edit, subject?.pathInDocument(edit.path) ?? edit.path)
  }
  const indentSeq = !/^( *)[\w"'-]+:[^\S\n]*\n\1- /m.test(slice)
  return (
    text.slice(0, start) +
    fresh.toString({ lineWidth: 0, indentSeq, flowCollectionPadding: /\{ /.test(slice) }) +
    text.slice(end)
  )
}

function apply(document: Document, edit: Edit, path: Path): void {
  if (edit.kind === 'set') document.setIn(path, edit.value)
  else if (edit.kind === 'remove') document.deleteIn(path)
  else rename(document, path, edit.key)
}

function rename(document: Document, path: Path, key: string): void {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
  if (!isMap(parent)) return
  const pair = parent.items.find((each) => isScalar(each.key) && each.key.value === path.at(-1))
  if (isScalar(pair?.key)) pair.key.value = key
}
