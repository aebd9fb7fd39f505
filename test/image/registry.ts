import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A registry of images that runs. */
export interface Registry {
  /** `127.0.0.1:41234`. */
  readonly address: string
  /** Digests of the manifests that were pushed, by `repository:tag`. */
  readonly manifests: ReadonlyMap<string, string>
  close(): void
}

/** A registry that takes what is pushed, as the distribution specification says, and checks nothing but the digests of blobs. */
export async function startRegistry(): Promise<Registry> {
  const [blobs, uploads, manifests] = [new Set<string>(), new Map<string, Buffer[]>(), new Map<string, string>()]
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>))
    answer({ blobs, uploads, manifests }, request, body, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // It listens on a port.
  const close = () => {
    server.close()
    server.closeAllConnections()
  }
  return { address: `127.0.0.1:${port}`, manifests, close }
}

interface State {
  readonly blobs: Set<string>
  readonly uploads: Map<string, Buffer[]>
  readonly manifests: Map<string, string>
}

function answer(
  { blobs, uploads, manifests }: State,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): void {
  const url = new URL(request.url ?? '/', 'http://registry')
  const [, name = '', kind, rest = ''] = /^\/v2\/(.+?)\/(blobs|manifests)\/(.*)$/.exec(url.pathname) ?? []
  const end = (status: number, headers: Readonly<Record<string, string>> = {}) =>
    response.writeHead(status, headers).end()
  const isUpload = kind === 'blobs' && rest.startsWith('uploads/')
  if (kind === undefined) return void end(200)
  if (kind === 'manifests' && request.method === 'PUT') {
    const digest = digestOf(body)
    manifests.set(`${name}:${rest}`, digest)
    return void end(201, { 'docker-content-digest': digest })
  }
  if (isUpload && request.method === 'POST') {
    const id = `${uploads.size}`
    uploads.set(id, [])
    return void end(202, { location: `/v2/${name}/blobs/uploads/${id}`, range: '0-0' })
  }
  if (!isUpload) return void end(blobs.has(rest) ? 200 : 404)
  const chunks = uploads.get(rest.slice('uploads/'.length)) ?? []
  chunks.push(body)
  if (request.method !== 'PUT') return void end(202, { location: url.pathname, range: '0-0' })
  const digest = digestOf(Buffer.concat(chunks))
  if (digest !== url.searchParams.get('digest')) return void end(400)
  blobs.add(digest)
  end(201, { location: `/v2/${name}/blobs/${digest}`, 'docker-content-digest': digest })
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}
