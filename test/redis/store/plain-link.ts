import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { readLibrary } from '../../../src/store/redis/library.ts'
import type { Link } from '../../../src/store/redis/link.ts'

/** The plainest link: one connection for calls and one for messages, to one server that does not fail. */
export async function openPlainLink(port: number, tag: string): Promise<Link> {
  const library = readLibrary()
  const calls = await openConnection(port)
  const channel = `${tag}hints`
  const heard = new Set<Parameters<Link['listen']>[0]>()
  const messages = await openConnection(port, (message) => {
    for (const listener of heard) listener(0, message)
  })
  await calls.ask('FUNCTION', 'LOAD', 'REPLACE', library.text)
  await messages.ask('SUBSCRIBE', channel)
  return {
    call: async (_, kind, payload) => {
      const reply = await calls.ask('FCALL', `${library.name}_${kind}`, '1', tag, payload)
      if (!Buffer.isBuffer(reply)) throw new Error(`expected bytes, got ${String(reply)}`)
      return reply
    },
    publish: (_, message) => void calls.ask('PUBLISH', channel, message),
    listen: (listener) => {
      heard.add(listener)
      return () => void heard.delete(listener)
    },
    fill: () => 0,
    missing: () => undefined,
    watch: () => () => {},
    time: async () => Date.now(),
    ping: async () => void (await calls.ask('PING')),
    close: async () => {
      calls.close()
      messages.close()
    },
  }
}

type Reply = Buffer | number | string | null | Error | Reply[]

interface Connection {
  ask(...command: readonly (string | Buffer)[]): Promise<Reply>
  close(): void
}

async function openConnection(port: number, published: (message: Buffer) => void = () => {}): Promise<Connection> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  const asked: { resolve(reply: Reply): void; reject(reason: Error): void }[] = []
  readReplies(socket, (reply) => {
    if (Array.isArray(reply) && String(reply[0]) === 'message' && Buffer.isBuffer(reply[2])) return published(reply[2])
    const next = asked.shift()
    if (reply instanceof Error) next?.reject(reply)
    else next?.resolve(reply)
  })
  return {
    ask: (...command) =>
      new Promise((resolve, reject) => {
        asked.push({ resolve, reject })
        socket.cork()
        socket.write(`*${command.length}\r\n`)
        for (const part of command) {
          socket.write(`$${Buffer.byteLength(part)}\r\n`)
          socket.write(part)
          socket.write('\r\n')
        }
        socket.uncork()
      }),
    close: () => socket.destroy(),
  }
}

function readReplies(socket: Socket, got: (reply: Reply) => void): void {
  let buffer: Buffer = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    buffer = buffer.length === 0 ? chunk : Buffer.concat([buffer, chunk])
    for (let read = parse(buffer, 0); read !== undefined; read = parse(buffer, 0)) {
      buffer = buffer.subarray(read.next)
      got(read.reply)
    }
  })
}

// Undefined while the reply is not all there.
function parse(buffer: Buffer, at: number): { readonly reply: Reply; readonly next: number } | undefined {
  const end = buffer.indexOf('\r\n', at)
  if (end < 0) return undefined
  const line = buffer.toString('latin1', at + 1, end)
  const start = end + 2
  switch (buffer[at]) {
    case 0x24: {
      const size = Number(line)
      if (size < 0) return { reply: null, next: start }
      if (buffer.length < start + size + 2) return undefined
      return { reply: Buffer.from(buffer.subarray(start, start + size)), next: start + size + 2 }
    }
    case 0x2a:
      return parseArray(buffer, Number(line), start)
    case 0x2d:
      return { reply: new Error(line), next: start }
    case 0x3a:
      return { reply: Number(line), next: start }
    default:
      return { reply: line, next: start }
  }
}

function parseArray(buffer: Buffer, length: number, start: number) {
  const replies: Reply[] = []
  let next = start
  while (replies.length < length) {
    const read = parse(buffer, next)
    if (read === undefined) return undefined
    replies.push(read.reply)
    next = read.next
  }
  return { reply: replies, next }
}
