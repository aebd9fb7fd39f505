/** Lines around a change that are shown with it. */
const AROUND = 3

/** A unified diff of two texts, without the head that names files; empty where they are the same. */
export function diffLines(before: readonly string[], after: readonly string[]): readonly string[] {
  const edits = editsOf(before, after)
  const changed = edits.flatMap(({ sign }, index) => (sign === ' ' ? [] : [index]))
  if (changed.length === 0) return []
  return hunksOf(changed).flatMap(([from, to]) => hunk(edits, from, Math.min(to, edits.length)))
}

interface Edit {
  readonly sign: ' ' | '-' | '+'
  readonly line: string
  /** Lines of each text before this one. */
  readonly old: number
  readonly new: number
}

// What both begin and end with is no change; texts of others, between, may have any number of lines.
function editsOf(before: readonly string[], after: readonly string[]): readonly Edit[] {
  const shortest = Math.min(before.length, after.length)
  let head = 0
  while (head < shortest && before[head] === after[head]) head++
  let tail = 0
  while (tail < shortest - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++
  const middle = middleEdits(before.slice(head, before.length - tail), after.slice(head, after.length - tail))
  const same = (line: string, index: number): Edit => ({ sign: ' ', line, old: index, new: index })
  const shift = ({ sign, line, ...at }: Edit): Edit => ({ sign, line, old: at.old + head, new: at.new + head })
  const [oldEnd, newEnd] = [before.length - tail, after.length - tail]
  return [
    ...before.slice(0, head).map(same),
    ...middle.map(shift),
    ...before.slice(oldEnd).map((line, index): Edit => ({ sign: ' ', line, old: oldEnd + index, new: newEnd + index })),
  ]
}

/** Cells of a table of lines, at most: two bytes each. */
const MOST_CELLS = 4_000_000

// The longest common subsequence, by the table of all of them; of texts that are too long for one, all of the one and all of the other.
function middleEdits(before: readonly string[], after: readonly string[]): readonly Edit[] {
  if (before.length * after.length > MOST_CELLS)
    return [
      ...before.map((line, index): Edit => ({ sign: '-', line, old: index, new: 0 })),
      ...after.map((line, index): Edit => ({ sign: '+', line, old: before.length, new: index })),
    ]
  const common = tableOf(before, after)
  const edits: Edit[] = []
  let [i, j] = [0, 0]
  while (i < before.length || j < after.length) {
    const [a, b] = [before[i], after[j]]
    if (a !== undefined && a === b) edits.push({ sign: ' ', line: a, old: i++, new: j++ })
    else if (a !== undefined && (b === undefined || lengthAt(common, i + 1, j) >= lengthAt(common, i, j + 1)))
      edits.push({ sign: '-', line: a, old: i++, new: j })
    else edits.push({ sign: '+', line: b ?? '', old: i, new: j++ })
  }
  return edits
}

function tableOf(before: readonly string[], after: readonly string[]): readonly Uint16Array[] {
  const table = Array.from({ length: before.length + 1 }, () => new Uint16Array(after.length + 1))
  for (let i = before.length - 1; i >= 0; i--) {
    const row = table[i]
    for (let j = after.length - 1; j >= 0 && row !== undefined; j--)
      row[j] =
        before[i] === after[j]
          ? lengthAt(table, i + 1, j + 1) + 1
          : Math.max(lengthAt(table, i + 1, j), lengthAt(table, i, j + 1))
  }
  return table
}

function lengthAt(table: readonly Uint16Array[], i: number, j: number): number {
  return table[i]?.[j] ?? 0
}

function hunksOf(changed: readonly number[]): readonly (readonly [number, number])[] {
  const hunks: [number, number][] = []
  for (const index of changed) {
    const last = hunks.at(-1)
    if (last !== undefined && index - AROUND <= last[1]) last[1] = index + AROUND + 1
    else hunks.push([Math.max(0, index - AROUND), index + AROUND + 1])
  }
  return hunks
}

function hunk(edits: readonly Edit[], from: number, to: number): readonly string[] {
  const own = edits.slice(from, to)
  const count = (without: Edit['sign']) => own.filter(({ sign }) => sign !== without).length
  const begin = (at: number | undefined, lines: number) => (lines === 0 ? (at ?? 0) : (at ?? 0) + 1)
  const [removed, added] = [count('+'), count('-')]
  const head = `@@ -${begin(own[0]?.old, removed)},${removed} +${begin(own[0]?.new, added)},${added} @@`
  return [head, ...own.map(({ sign, line }) => `${sign}${line}`)]
}
