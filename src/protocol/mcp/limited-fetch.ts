import type { FetchLike } from '@modelcontextprotocol/client'

const NEWLINE = 0x0a

/**
 * A fetch whose responses fail with a RangeError once a message is over the limit: the whole body of a plain response, one line
 * of an event stream (which may itself go on for ever).
 */
export function limitedFetch(limit: number): FetchLike {
  return async (url, init) => {
    const response = await fetch(url, init)
    if (response.body === null) return response
    const lines = response.headers.get('content-type')?.startsWith('text/event-stream') === true
    const { status, statusText, headers } = response
    return new Response(response.body.pipeThrough(limiter(limit, lines)), { status, statusText, headers })
  }
}

function limiter(limit: number, lines: boolean): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let size = 0
  return new TransformStream({
    transform: (chunk, controller) => {
      const end = lines ? chunk.lastIndexOf(NEWLINE) : -1
      size = end === -1 ? size + chunk.byteLength : chunk.byteLength - end - 1
      if (size > limit) controller.error(new RangeError(`the response is over ${limit} bytes`))
      else controller.enqueue(chunk)
    },
  })
}
