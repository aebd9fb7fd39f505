import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the tools of an example talk to. */
export interface Service extends AsyncDisposable {
  readonly url: string
  /** Method and path of each request, in the order in which they came. */
  readonly requests: readonly string[]
  /** Resolves when the next request comes, which is not answered before `release`. */
  holdNext(): Promise<void>
  release(): void
}

/** Starts a service that answers what it is given by method and path. */
export async function startService(answers: Readonly<Record<string, unknown>>): Promise<Service> {
  const requests: string[] = []
  const held: (() => void)[] = []
  let onHeld: (() => void) | undefined
  const answer = (response: ServerResponse, request: string) => {
    const found = answers[request]
    response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(found ?? { error: `nothing at ${request}` }))
  }
  const server = createServer(({ method, url }, response) => {
    const request = `${method} ${url}`
    requests.push(request)
    if (onHeld === undefined) return answer(response, request)
    held.push(() => answer(response, request))
    onHeld()
    onHeld = undefined
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A server that listens on a port has an address of this kind.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    holdNext: () => new Promise<void>((resolve) => (onHeld = resolve)),
    release() {
      for (const go of held.splice(0)) go()
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}
