/** The text as one word of a POSIX shell. */
export function quoteWord(text: string): string {
  return /^[\w./#:@-]+$/.test(text) && !text.startsWith('-') ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
