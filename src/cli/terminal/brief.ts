const LONGEST = 200

/** A value in a few words on one line: texts as they are, everything else as JSON, cut after 200 characters. Not yet escaped. */
export function brief(value: unknown): string {
  if (value === undefined) return ''
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}
