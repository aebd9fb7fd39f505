/** A line of a log, with where it begins (bytes). */
export type Placed<Line> = Line & { readonly at: number }

/** The lines of a log of JSON, each with its place. */
export function placed<Line>(text: string): readonly Placed<Line>[] {
  let at = 0
  return text.split('\n').flatMap((line) => {
    const begin = at
    at += Buffer.byteLength(line) + 1
    // Written by this suite, a line each.
    return line === '' ? [] : [{ ...(JSON.parse(line) as Line), at: begin }]
  })
}

/** What tells of two calls whether they overlapped; `after` is how long the log was when the call began. */
type Call = Placed<{ readonly pid: number; readonly after: number; readonly nonce: string }>

/**
 * Of the calls of one step, those that were on their way while another process made the same call, and were over after it; or while
 * somebody looked for them, found nothing, and had the call made again, by whichever process. `looks` are how long the log was then.
 *
 * Only a process that was stopped or cut off is overtaken so: what it had called before it lost its lease nobody can call back. It
 * never happens to processes that die.
 */
export function overtaken<Line extends Call>(calls: readonly Line[], looks: readonly number[] = []): ReadonlySet<Line> {
  const isBetween = (other: Line, { pid, after, at }: Line) => other.pid !== pid && other.at >= after && other.at < at
  const isMissed = ({ after, at }: Line) =>
    looks.some((size) => size >= after && size <= at) && calls.some((other) => other.at > at)
  return new Set(calls.filter((call) => isMissed(call) || calls.some((other) => isBetween(other, call))))
}
