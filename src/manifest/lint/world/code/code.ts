import type { SourceFile } from '../../source.ts'

/** A file of source, twice: both as long as the file, so that a place in one is the same in the others. */
export interface Code {
  readonly file: SourceFile
  /** Without comments. */
  readonly text: string
  /** Without texts, too: what runs. */
  readonly bare: string
}

/** Reads a file; `pattern` matches its texts and its comments, of which the latter begin as `comment` says. */
export function readCode(file: SourceFile, pattern: RegExp, comment: RegExp): Code {
  const blank = (part: string) => part.replaceAll(/[^\n]/g, ' ')
  return {
    file,
    text: file.text.replace(pattern, (part) => (comment.test(part) ? blank(part) : part)),
    bare: file.text.replace(pattern, blank),
  }
}

/** What stands between an opening bracket at a place and the one that closes it. */
export function withinBrackets({ text, bare }: Code, open: number): string {
  return text.slice(open + 1, closeOf(bare, open))
}

/** The place of the bracket that closes another. */
export function closeOf(bare: string, open: number): number {
  let depth = 0
  for (let index = open; index < bare.length; index += 1) {
    if ('([{'.includes(bare.charAt(index))) depth += 1
    if (')]}'.includes(bare.charAt(index))) depth -= 1
    if (depth === 0) return index
  }
  return bare.length
}

/** The braces that are open at a place, the nearest first. */
export function* openBraces(bare: string, offset: number): Generator<number> {
  let depth = 0
  for (let index = offset - 1; index >= 0; index -= 1) {
    if (bare[index] === '}') depth += 1
    if (bare[index] !== '{') continue
    if (depth === 0) yield index
    else depth -= 1
  }
}
