import { once } from 'node:events'
import { connect } from 'node:net'
import type { Rest } from './harness.ts'

/** A response as a hostile client sees it. */
export interface Seen {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** Sends bytes as they are, over a socket of its own, and reads until the server closes it. */
export async function sendRaw(rest: Rest, bytes: string | Uint8Array): Promise<Seen> {
  const socket = connect(rest.listener.port, '127.0.0.1')
  await once(socket, 'connect')
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(Buffer.from(chunk)))
  // The server may answer and close before everything was written.
  socket.on('error', () => {})
  socket.write(bytes)
  await once(socket, 'close', { signal: AbortSignal.timeout(10_000) })
  return parse(Buffer.concat(chunks).toString())
}

/** A whole request whose connection is closed after it. */
export function rawRequest(
  line: string,
  headers: Readonly<Record<string, string>> = {},
  body: Uint8Array | string = '',
): Buffer {
  const all = { Host: 'localhost', Connection: 'close', ...headers }
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  return Buffer.concat([Buffer.from(`${line}\r\n${head.join('\r\n')}\r\n\r\n`), Buffer.from(body)])
}

function parse(answer: string): Seen {
  const [head = '', ...rest] = answer.split('\r\n\r\n')
  const [line = '', ...fields] = head.split('\r\n')
  const headers = new Headers(
    fields.map((field) => [field.slice(0, field.indexOf(':')), field.slice(field.indexOf(':') + 1).trim()]),
  )
  return { status: Number(line.split(' ')[1]), headers, text: rest.join('\r\n\r\n') }
}
