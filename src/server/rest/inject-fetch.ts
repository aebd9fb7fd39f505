import type { FastifyInstance, InjectOptions } from 'fastify'
import { PolisError } from '../../core/error.ts'

type Fetch = (url: string | URL | Request, init?: RequestInit) => Promise<Response>

/**
 * A `fetch` that calls a server in this process, without a port: for the command line and for tests.
 *
 * Bodies stream both ways; cancelling a body, or aborting the signal, is seen by the server as a client that has gone.
 */
export function createInjectFetch(app: FastifyInstance): Fetch {
  return async (target, init) => {
    const request = new Request(target, {
      ...init,
      ...(init?.body instanceof ReadableStream ? { duplex: 'half' } : {}),
    } as RequestInit)
    request.signal.throwIfAborted()
    const response = await app.inject({ ...(await describe(request)), payloadAsStream: true })
    const gone = () => response.raw.res.destroy()
    request.signal.addEventListener('abort', gone, { once: true })
    const bytes = response.stream()
    let open = true
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        bytes.on('data', (chunk: Uint8Array<ArrayBuffer>) => {
          if (!open) return
          controller.enqueue(chunk)
          if ((controller.desiredSize ?? 1) <= 0) bytes.pause()
        })
        bytes.once('end', () => open && controller.close())
        bytes.once('error', (reason) =>
          controller.error(request.signal.aborted ? request.signal.reason : PolisError.from(reason)),
        )
        bytes.pause()
      },
      pull: () => void bytes.resume(),
      cancel() {
        open = false
        gone()
      },
    })
    return new Response(isBodyless(response.statusCode, request.method) ? null : body, {
      status: response.statusCode,
      headers: headersOf(response.headers),
    })
  }
}

async function describe(request: Request): Promise<InjectOptions> {
  const { pathname, search, host } = new URL(request.url)
  const payload = request.body === null ? undefined : Buffer.from(await request.arrayBuffer())
  return {
    method: request.method as NonNullable<InjectOptions['method']>,
    url: pathname + search,
    headers: { ...Object.fromEntries(request.headers), host },
    ...(payload === undefined ? {} : { payload }),
  }
}

function headersOf(given: Readonly<Record<string, unknown>>): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(given)) if (value !== undefined) headers.set(name, String(value))
  return headers
}

function isBodyless(status: number, method: string): boolean {
  return method === 'HEAD' || status === 204 || status === 304
}
