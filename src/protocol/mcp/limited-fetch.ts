import type { FetchLike } from '@modelcontextprotocol/client'
import type { Clock } from '../../core/clock.ts'
import { PolisError } from '../../core/error.ts'
import { createRate } from './rate.ts'

const NEWLINE = 0x0a
/** Lines of event streams that may come at once, and then in a second: an event has three. */
const LINES = { burst: 30_000, perSecond: 6000 }

/**
 * A fetch whose responses fail with a RangeError once a message is over the limit: the whole body of a plain response, one line
 * of an event stream (which may itself go on for ever, but not faster than anyone could have asked for). A redirect fails, since it
 * would lead headers to wherever the server likes.
 */
export function limitedFetch(limit: number, clock: Clock): FetchLike {
  return async (url, init) => {
    const response = await fetch(url, { ...init, redirect: 'manual' })
    if (response.status >= 300 && response.status < 400) throw await redirected(response)
    if (response.body === null) return response
    const lines = response.headers.get('content-type')?.startsWith('text/event-stream') === true
    const { status, statusText, headers } = response
    const body = response.body.pipeThrough(lines ? streamLimiter(limit, clock) : bodyLimiter(limit))
    return new Response(body, { status, statusText, headers })
  }
}

async function redirected(response: Response): Promise<PolisError> {
  await response.body?.cancel()
  const target = URL.parse(response.headers.get('location') ?? '', response.url)
  // Without its query, which may hold a secret.
  const where = target === null ? 'nowhere' : target.origin + target.pathname
  return new PolisError(
    'TOOL_UNAVAILABLE',
    `it redirects (HTTP ${response.status}) to ${where.slice(0, 200)}, and redirects are not followed: if that is its place, set url to it`,
    { retryable: false },
  )
}

type Limiter = TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>

function bodyLimiter(limit: number): Limiter {
  let size = 0
  return new TransformStream({
    transform: (chunk, controller) => {
      size += chunk.byteLength
      if (size > limit) controller.error(new RangeError(`the response is over ${limit} bytes`))
      else controller.enqueue(chunk)
    },
  })
}

function streamLimiter(limit: number, clock: Clock): Limiter {
  const rate = createRate(clock, LINES)
  let size = 0
  return new TransformStream({
    transform: (chunk, controller) => {
      let lines = 0
      let last = -1
      for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, at + 1)) {
        lines += 1
        last = at
      }
      size = last === -1 ? size + chunk.byteLength : chunk.byteLength - last - 1
      if (size > limit) controller.error(new RangeError(`an event is over ${limit} bytes`))
      else if (rate.add(lines) > 0) controller.error(new RangeError('the stream floods'))
      else controller.enqueue(chunk)
    },
  })
}
