/** Tags from `name:value` texts; undefined when there are none. */
export function readTags(texts: readonly string[] | undefined): Readonly<Record<string, string>> | undefined {
  if (texts === undefined || texts.length === 0) return undefined
  return Object.fromEntries(texts.map((text) => [text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1)]))
}
