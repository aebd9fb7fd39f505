import { deserializeMessage, type JSONRPCMessage } from '@modelcontextprotocol/client'
import type { Log } from '../../telemetry/log.ts'
import { createLineSplitter } from './line-splitter.ts'

/** Turns what a process writes on its standard output into messages. */
export interface Inbox {
  /** Takes bytes in and delivers the messages that they complete. Throws RangeError once a message is over the limit. */
  push(chunk: Uint8Array): void
  /** The first line that was no message, shortened. */
  garbage(): string | undefined
}

/** An inbox for messages of at most `limit` bytes. */
export function createInbox(limit: number, deliver: (message: JSONRPCMessage) => void, log: Log): Inbox {
  const splitter = createLineSplitter(limit)
  let garbage: string | undefined
  const take = (line: string) => {
    const message = parse(line)
    if (message !== undefined) return deliver(message)
    if (line.trim() === '') return
    garbage ??= line.slice(0, 120)
    log.debug({ line: line.slice(0, 400) }, 'MCP server wrote something other than MCP on its standard output')
  }
  return {
    push: (chunk) => {
      for (const line of splitter.push(chunk)) take(line)
    },
    garbage: () => garbage,
  }
}

function parse(line: string): JSONRPCMessage | undefined {
  try {
    return deserializeMessage(line)
  } catch {
    // Servers do print banners and logs where they should not; it is kept for the error of a call that gets no answer.
    return undefined
  }
}
