import { serializeMessage } from '@modelcontextprotocol/client'
import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../telemetry/log.ts'
import { createInbox, type Inbox } from './inbox.ts'
import { type ServerCommand, type ServerProcess, startServerProcess } from './server-process.ts'
import { type Loss, MAX_MESSAGE, type ServerTransport } from './server-transport.ts'
import { settledWithin } from './wait.ts'

/** What a stdio transport needs beside its command. */
export interface StdioTransportDependencies {
  readonly clock: Clock
  readonly log: Log
}

/**
 * A transport over a child process that it starts and ends.
 *
 * Our own rather than the SDK's: that one hides the exit code, hands down more of our environment, does not wait for a
 * process that it killed, and starts a second process at every connection to find out the protocol's era.
 */
export function createStdioTransport(
  command: ServerCommand,
  { clock, log }: StdioTransportDependencies,
): ServerTransport {
  let starting: Promise<ServerProcess> | undefined
  let child: ServerProcess | undefined
  let closed = false
  let loss: Loss | undefined
  const lose = (reason: Loss) => {
    loss ??= reason
  }
  const inbox = createInbox(MAX_MESSAGE, (message) => transport.onmessage?.(message), log)
  const attach = (started: ServerProcess) => {
    child = started
    transport.pid = started.pid
    readFrom(started, inbox, lose)
    started.output.once('end', () => void endMute(started, lose, clock))
    void lossFrom(started).then((reason) => {
      lose(reason)
      transport.onclose?.()
    })
  }
  const transport: ServerTransport & { stderr: null; pid: number | null } = {
    // The SDK tells a stdio transport by these two.
    stderr: null,
    pid: null,
    start: async () => {
      if (closed) throw new Error('The transport has been closed')
      starting = startServerProcess(command, { clock, onError: (line) => log.debug({ line }, 'MCP server wrote') })
      attach(await starting)
    },
    send: (message) => write(child, serializeMessage(message)),
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

function readFrom(child: ServerProcess, inbox: Inbox, lose: (reason: Loss) => void): void {
  const receive = (chunk: Uint8Array) => {
    try {
      inbox.push(chunk)
    } catch {
      // Over the limit; where the next message begins cannot be known.
      lose({ code: 'TOO_LARGE', text: `answered with a message over ${MAX_MESSAGE / 2 ** 20} MiB and was ended` })
      child.output.off('data', receive)
      void child.stop()
    }
  }
  child.output.on('data', receive)
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

function remarkOn(inbox: Inbox, child: ServerProcess | undefined): string | undefined {
  const garbage = inbox.garbage()
  if (garbage !== undefined) return `it wrote on its standard output what is not MCP: ${garbage}`
  const words = child?.lastWords() ?? ''
  return words === '' ? undefined : `its last words: ${words}`
}

function write(child: ServerProcess | undefined, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    if (child === undefined) throw new Error('The process has not been started')
    child.input.write(text, (error) => (error ? reject(error) : resolve()))
  })
}
