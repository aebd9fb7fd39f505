import { deserializeMessage, type JSONRPCMessage, serializeMessage } from '@modelcontextprotocol/client'
import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../telemetry/log.ts'
import { createLineSplitter } from './line-splitter.ts'
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
  let child: ServerProcess | undefined
  let loss: Loss | undefined
  let garbage: string | undefined
  const splitter = createLineSplitter(MAX_MESSAGE)

  const receive = (chunk: Uint8Array) => {
    try {
      for (const line of splitter.push(chunk)) receiveLine(line)
    } catch (error) {
      loss ??= { code: 'TOO_LARGE', text: `answered with a message over ${MAX_MESSAGE / 2 ** 20} MiB and was ended` }
      child?.output.off('data', receive)
      transport.onerror?.(error as Error) // RangeError of the splitter.
      void child?.stop()
    }
  }
  const receiveLine = (line: string) => {
    const message = parse(line)
    if (message !== undefined) transport.onmessage?.(message)
    else if (line.trim() !== '') {
      garbage ??= line.slice(0, 120)
      log.debug({ line: line.slice(0, 400) }, 'MCP server wrote something other than MCP on its standard output')
    }
  }
  // A server that closes its output can never answer again; most often it is about to end by itself, which says more.
  const endMute = async () => {
    if (child === undefined || (await settledWithin(child.ended, 300, clock))) return
    loss ??= { code: 'TOOL_UNAVAILABLE', text: 'closed its standard output' }
    await child.stop()
  }
  const finish = async (child: ServerProcess) => {
    const ending = await child.ended
    const words = child.lastWords()
    loss ??= { code: 'TOOL_UNAVAILABLE', text: ending, ...(words === '' ? {} : { words }) }
    transport.onclose?.()
  }
  const transport: ServerTransport & { stderr: null; pid: number | null } = {
    // The SDK tells a stdio transport by these two.
    stderr: null,
    pid: null,
    start: async () => {
      child = await startServerProcess(command, { clock, onError: (line) => log.debug({ line }, 'MCP server wrote') })
      transport.pid = child.pid
      child.output.on('data', receive)
      child.output.once('end', () => void endMute())
      void finish(child)
    },
    send: (message) => write(child, serializeMessage(message)),
    close: async () => {
      await child?.stop()
    },
    loss: () => loss,
    lose: (reason) => {
      loss ??= reason
    },
    remark: () => {
      if (garbage !== undefined) return `it wrote on its standard output what is not MCP: ${garbage}`
      const words = child?.lastWords() ?? ''
      return words === '' ? undefined : `its last words: ${words}`
    },
  }
  return transport
}

function parse(line: string): JSONRPCMessage | undefined {
  try {
    return deserializeMessage(line)
  } catch {
    // Not a message: servers do print banners and logs where they should not. It is kept for the error of a call that gets no answer.
    return undefined
  }
}

function write(child: ServerProcess | undefined, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    if (child === undefined) throw new Error('The process has not been started')
    child.input.write(text, (error) => (error ? reject(error) : resolve()))
  })
}
