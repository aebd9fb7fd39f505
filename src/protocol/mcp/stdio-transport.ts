import { isJSONRPCRequest, serializeMessage } from '@modelcontextprotocol/client'
import type { Clock } from '../../core/clock.ts'
import type { KnownSecrets } from '../../core/known-secrets.ts'
import type { Log } from '../../telemetry/log.ts'
import { createInbox, Flood, type Inbox } from './inbox.ts'
import type { ProcessTable } from './process-table.ts'
import { type ServerCommand, type ServerProcess, startServerProcess } from './server-process.ts'
import { type Loss, MAX_MESSAGE, type ServerTransport } from './server-transport.ts'
import { throttle } from './throttle.ts'
import { settledWithin } from './wait.ts'

/** What a stdio transport needs beside its command. */
export interface StdioTransportDependencies {
  readonly clock: Clock
  readonly log: Log
  readonly processes: ProcessTable
  /** What it was given, and may repeat. */
  readonly secrets: KnownSecrets
}

/** What is read of a server in a second; one that writes more has to wait. Larger than a message may be. */
const OUTPUT = { burst: 2 * MAX_MESSAGE, perSecond: MAX_MESSAGE }

/**
 * A transport over a child process that it starts and ends.
 *
 * Our own rather than the SDK's: that one hides the exit code, hands down more of our environment, does not wait for a
 * process that it killed, and starts a second process at every connection to find out the protocol's era.
 */
export function createStdioTransport(
  command: ServerCommand,
  { clock, log, processes, secrets }: StdioTransportDependencies,
): ServerTransport {
  let starting: Promise<ServerProcess> | undefined
  let child: ServerProcess | undefined
  let closed = false
  let loss: Loss | undefined
  const lose = (reason: Loss) => {
    loss ??= reason
  }
  const inbox = createInbox(MAX_MESSAGE, {
    deliver: (message) => transport.onmessage?.(message),
    clock,
    log,
    hide: secrets.hide,
  })
  const attach = (started: ServerProcess) => {
    child = started
    transport.pid = started.pid
    readFrom(started, inbox, { lose, clock, log })
    started.output.once('end', () => void endMute(started, lose, clock))
    void lossFrom(started).then((reason) => {
      if (!closed || !isOurDoing(reason)) lose(reason)
      transport.onclose?.()
    })
  }
  const start = () =>
    startServerProcess(command, {
      ...{ clock, processes, hide: secrets.hide },
      onError: (line) => log.debug({ line }, 'MCP server wrote'),
      onFlood: () => log.warn({}, 'An MCP server writes so much to its standard error that it is made to wait'),
      onTooMuch: (bytes) => lose({ code: 'TOOL_UNAVAILABLE', text: tooMuch(bytes, command.memoryLimit) }),
    })
  const transport: ServerTransport & { stderr: null; pid: number | null } = {
    // The SDK tells a stdio transport by these two.
    stderr: null,
    pid: null,
    start: async () => {
      if (closed) throw new Error('The transport has been closed')
      starting = start()
      attach(await starting)
    },
    send: (message) => {
      if (isJSONRPCRequest(message)) inbox.expect(message.id)
      return write(child, serializeMessage(message))
    },
    close: async () => {
      closed = true
      // A process that could not be started has been reported by `start`.
      const started = await starting?.catch(() => undefined)
      await started?.stop()
    },
    loss: () => loss,
    lose,
    remark: () => remarkOn(inbox, child),
  }
  return transport
}

function tooMuch(bytes: number, limit: number): string {
  const [has, may] = [bytes, limit].map((size) => Math.round(size / 2 ** 20))
  return `was ended: its processes had ${has} MiB in memory, over its limit of ${may} MiB (memoryLimit)`
}

interface Reading {
  readonly lose: (reason: Loss) => void
  readonly clock: Clock
  readonly log: Log
}

function readFrom(child: ServerProcess, inbox: Inbox, { lose, clock, log }: Reading): void {
  const take = (chunk: Uint8Array) => {
    try {
      inbox.push(chunk)
    } catch (error) {
      // Where the next message begins cannot be known, or does not matter any more.
      lose(error instanceof Flood ? FLOODED : OVERSIZED)
      child.output.destroy()
      child.kill()
    }
  }
  const onSlow = () => log.warn({}, 'An MCP server writes so much that it is made to wait')
  throttle(child.output, OUTPUT, { clock, take, onSlow })
}

const FLOODED: Loss = {
  code: 'TOOL_UNAVAILABLE',
  text: 'flooded its standard output with lines and was ended',
}
const OVERSIZED: Loss = {
  code: 'TOO_LARGE',
  text: `answered with a message over ${MAX_MESSAGE / 2 ** 20} MiB and was ended`,
}

// A server that closes its output can never answer again; most often it is about to end by itself, which says more.
async function endMute(child: ServerProcess, lose: (reason: Loss) => void, clock: Clock): Promise<void> {
  if (await settledWithin(child.ended, 300, clock)) return
  lose({ code: 'TOOL_UNAVAILABLE', text: 'closed its standard output' })
  await child.stop()
}

async function lossFrom(child: ServerProcess): Promise<Loss> {
  const text = await child.ended
  const words = child.lastWords()
  return { code: 'TOOL_UNAVAILABLE', text, ...(words === '' ? {} : { words }) }
}

// How a process ends that was asked to; it may also have died by itself just before.
function isOurDoing({ text }: Loss): boolean {
  return /^(exited with code 0|was ended by SIG(TERM|KILL))$/.test(text)
}

function remarkOn(inbox: Inbox, child: ServerProcess | undefined): string | undefined {
  const remark = inbox.remark()
  if (remark !== undefined) return remark
  const words = child?.lastWords() ?? ''
  return words === '' ? undefined : `its last words: ${words}`
}

function write(child: ServerProcess | undefined, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    if (child === undefined) throw new Error('The process has not been started')
    child.input.write(text, (error) => (error ? reject(error) : resolve()))
  })
}
