/**
 * Blanks what is no code: strings, comments, regular expressions and the text of templates (what a template embeds stays).
 *
 * The result has the same length and the same lines, so that positions in it are positions in the source. Quotes stay.
 */
export function blank(text: string): string {
  const out: string[] = text.split('').map((character) => (character === '\n' ? '\n' : ' '))
  // What encloses the present position: code inside a template's `${…}` ends with the brace that matches.
  const braces: number[] = []
  let index = 0
  while (index < text.length) {
    const character = text[index] ?? ''
    const end = endOfOpaque(text, index)
    if (end !== undefined) {
      keepQuotes(text, out, index, end)
      index = end
    } else if (character === '`' || (character === '}' && braces.at(-1) === 0)) {
      if (character === '}') braces.pop()
      index = endOfTemplateText(text, index + 1)
      if (text[index - 1] === '{') braces.push(0)
    } else {
      if (character === '{') deepen(braces, 1)
      if (character === '}') deepen(braces, -1)
      out[index] = character
      index += 1
    }
  }
  return out.join('')
}

function deepen(braces: number[], by: number): void {
  const last = braces.pop()
  if (last !== undefined) braces.push(last + by)
}

const comment = /\/\/[^\n]*|\/\*[\s\S]*?\*\//y
const string = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/y
const expression = /\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/y

/** The end of a comment, string or regular expression that begins at `index`; `undefined` when none does. */
function endOfOpaque(text: string, index: number): number | undefined {
  for (const pattern of [comment, string, expression]) {
    pattern.lastIndex = index
    if (!pattern.test(text)) continue
    if (pattern === expression && !mayBeginExpression(text, index)) continue
    return pattern.lastIndex
  }
  return undefined
}

/** A slash after a value divides; after anything else it begins a regular expression. */
function mayBeginExpression(text: string, index: number): boolean {
  const before = text.slice(Math.max(0, index - 40), index).trimEnd()
  return before === '' || /(?:[(,=:[!&|?{};>]|\breturn|\bcase)$/.test(before)
}

function keepQuotes(text: string, out: string[], start: number, end: number): void {
  const quote = text[start] ?? ''
  if (quote !== "'" && quote !== '"') return
  out[start] = quote
  out[end - 1] = quote
}

/** The position behind the text of a template: behind its closing backtick, or behind the `${` of what it embeds. */
function endOfTemplateText(text: string, start: number): number {
  const ending = /(?:\\[\s\S]|\$(?!\{)|[^\\`$])*(?:`|\$\{)/y
  ending.lastIndex = start
  return ending.test(text) ? ending.lastIndex : text.length
}
