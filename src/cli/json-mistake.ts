type Expected = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'next' | 'nothing'

const SPACE = /[ \t\n\r]*/y
// biome-ignore lint/suspicious/noControlCharactersInRegex: a JSON string holds none
const STRING = /"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const SCALAR = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y

/**
 * Where a text stops being JSON: the position of the first word that cannot stand there, or the text's length when it ends too early.
 *
 * The parser of the language names a place in some of its messages only.
 */
export function mistakeIn(source: string): number {
  const open: ('{' | '[')[] = []
  let expected: Expected = 'value'
  let at = skip(SPACE, source, 0)
  while (at < source.length) {
    const end = step(source, at)
    if (end === undefined) return at
    at = skip(SPACE, source, end)
  }
  return source.length

  function step(text: string, from: number): number | undefined {
    const mark = text[from]
    if (mark === '"' && expected !== 'next' && expected !== 'nothing' && expected !== 'colon') {
      expected = expected === 'key' || expected === 'key-or-end' ? 'colon' : afterValue()
      return match(STRING, text, from)
    }
    if (expected === 'colon') return mark === ':' ? move('value', from) : undefined
    if (expected === 'next') return stepNext(mark, from)
    if ((mark === '}' && expected === 'key-or-end') || (mark === ']' && expected === 'value-or-end')) return close(from)
    if (expected !== 'value' && expected !== 'value-or-end') return undefined
    if (mark === '{' || mark === '[') {
      open.push(mark)
      return move(mark === '{' ? 'key-or-end' : 'value-or-end', from)
    }
    expected = afterValue()
    return match(SCALAR, text, from)
  }

  function stepNext(mark: string | undefined, from: number): number | undefined {
    const inside = open.at(-1)
    if (mark === ',') return move(inside === '{' ? 'key' : 'value', from)
    return mark === (inside === '{' ? '}' : ']') ? close(from) : undefined
  }

  function close(from: number): number {
    open.pop()
    return move(afterValue(), from)
  }

  function move(next: Expected, from: number): number {
    expected = next
    return from + 1
  }

  function afterValue(): Expected {
    return open.length === 0 ? 'nothing' : 'next'
  }
}

function skip(pattern: RegExp, text: string, from: number): number {
  return match(pattern, text, from) ?? from
}

function match(pattern: RegExp, text: string, from: number): number | undefined {
  pattern.lastIndex = from
  return pattern.test(text) ? pattern.lastIndex : undefined
}
