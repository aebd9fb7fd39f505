const SEGMENTER = new Intl.Segmenter('en', { granularity: 'grapheme' })
const PLAIN = /^[\x20-\x7e]*$/
const INVISIBLE = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]+$/u
const EMOJI = /^(?:\p{Emoji_Presentation}|\p{RI}\p{RI}|\p{Emoji}\ufe0f|[0-9#*]\ufe0f?\u20e3)/u
// Unicode's East Asian Width classes W and F, as first and last code point.
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2329, 0x232a],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18cff],
  [0x1aff0, 0x1b2ff],
  [0x1f200, 0x1f265],
  [0x20000, 0x3fffd],
]

/** Cells that a line takes on a terminal: two for wide characters and emoji, none for combining marks. Expects escaped text without styles. */
export function textWidth(text: string): number {
  if (PLAIN.test(text)) return text.length
  let width = 0
  for (const { segment } of SEGMENTER.segment(text)) width += clusterWidth(segment)
  return width
}

/** The text cut to so many cells, its last one an ellipsis where something was cut. A cluster is kept whole or not at all. */
export function truncate(text: string, cells: number): string {
  if (cells <= 0) return ''
  if (text.length <= cells && PLAIN.test(text)) return text
  let kept = ''
  let width = 0
  // Where the text is cut if it does not fit: the last place that leaves a cell for the ellipsis.
  let cut = ''
  for (const { segment } of SEGMENTER.segment(text)) {
    width += clusterWidth(segment)
    if (width > cells) return `${cut}…`
    kept += segment
    if (width < cells) cut = kept
  }
  return kept
}

/** The text followed, or with `end` preceded, by spaces up to so many cells. */
export function pad(text: string, cells: number, align: 'start' | 'end' = 'start'): string {
  const spaces = ' '.repeat(Math.max(0, cells - textWidth(text)))
  return align === 'start' ? text + spaces : spaces + text
}

function clusterWidth(cluster: string): number {
  if (INVISIBLE.test(cluster)) return 0
  return EMOJI.test(cluster) || isWide(cluster.codePointAt(0) ?? 0) ? 2 : 1
}

function isWide(code: number): boolean {
  return code >= 0x1100 && WIDE.some(([first, last]) => code >= first && code <= last)
}
