// C0 and C1 controls, delete, line separators, and the marks that turn or isolate the direction of text: a terminal acts
// on them, so text from a run, which may be anyone's, must not bring them.
export const ACTED_UPON = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Cs}/gu
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** The text on one line, with everything that a terminal would act upon made visible (`\n`, `\x1b`, `\u202e`). */
export function escapeText(text: string): string {
  return text.replace(ACTED_UPON, show)
}

/** As `escapeText`, for text of several lines: line breaks stay, tabs become two spaces. */
export function escapeLines(text: string): string {
  return text
    .split(/\r?\n/)
    .map((line) => escapeText(line.replaceAll('\t', '  ')))
    .join('\n')
}

function show(character: string): string {
  const short = SHORT[character]
  if (short !== undefined) return short
  const code = character.charCodeAt(0)
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
}
