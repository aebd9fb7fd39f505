/** Milliseconds after which a provider wants to be asked again, by `retry-after-ms` or `retry-after` (seconds, or an HTTP date); undefined: it does not say. */
export function retryAfterOf(headers: Headers | undefined, now: number): number | undefined {
  const milliseconds = numberIn(headers?.get('retry-after-ms'))
  if (milliseconds !== undefined) return milliseconds
  const text = headers?.get('retry-after') ?? undefined
  const seconds = numberIn(text)
  if (seconds !== undefined) return seconds * 1000
  const date = text === undefined ? Number.NaN : Date.parse(text)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

function numberIn(text: string | null | undefined): number | undefined {
  return text !== null && text !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Math.ceil(Number(text)) : undefined
}
