import {
  deserializeMessage,
  isJSONRPCErrorResponse,
  isJSONRPCResultResponse,
  type JSONRPCMessage,
  type RequestId,
} from '@modelcontextprotocol/client'
import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../telemetry/log.ts'
import { createLineSplitter } from './line-splitter.ts'
import { createRate } from './rate.ts'

/** Turns what a process writes on its standard output into messages. */
export interface Inbox {
  /** Takes bytes in and delivers the messages that they complete. Throws RangeError once a message is over the limit, or there are too many. */
  push(chunk: Uint8Array): void
  /** A request was sent: an answer to it is expected. */
  expect(id: RequestId): void
  /** What was wrong with what it wrote, if anything was. */
  remark(): string | undefined
}

/** What an inbox works with. */
export interface InboxDependencies {
  readonly deliver: (message: JSONRPCMessage) => void
  readonly clock: Clock
  readonly log: Log
  /** Applied to what is kept of lines that are no messages. */
  readonly hide: (text: string) => string
}

/** Lines that may come at once, and then in a second: progress of many calls fits, a flood does not. */
const LINES = { burst: 10_000, perSecond: 2000 }
const MOST_EXPECTED = 10_000
// Of a line that is no message, so that a secret is found whole before it is cut.
const MOST_READ = 8192

/** An inbox for messages of at most `limit` bytes. */
export function createInbox(limit: number, { deliver, clock, log, hide }: InboxDependencies): Inbox {
  const splitter = createLineSplitter(limit)
  const rate = createRate(clock, LINES)
  const expected = new Set<RequestId>()
  let garbage: string | undefined
  let stray: string | undefined
  const take = (line: string) => {
    const message = parse(line)
    if (message === undefined) {
      if (line.trim() === '') return
      const shown = hide(line.slice(0, MOST_READ)).slice(0, 400)
      garbage ??= shown.slice(0, 120)
      log.debug({ line: shown }, 'MCP server wrote something other than MCP on its standard output')
      return
    }
    if (isJSONRPCResultResponse(message) || isJSONRPCErrorResponse(message)) {
      const { id } = message
      if (id === undefined || !expected.delete(id)) stray ??= JSON.stringify(id ?? null).slice(0, 40)
    }
    deliver(message)
  }
  return {
    push: (chunk) => {
      for (const line of splitter.push(chunk)) {
        if (rate.add(1) > 0) throw new Flood()
        take(line)
      }
    },
    expect: (id) => {
      expected.add(id)
      const [oldest] = expected
      // Those that were cancelled are never answered.
      if (expected.size > MOST_EXPECTED && oldest !== undefined) expected.delete(oldest)
    },
    remark: () => {
      if (garbage !== undefined) return `it wrote on its standard output what is not MCP: ${garbage}`
      return stray === undefined ? undefined : `it answered a request that was not made, or twice: id ${stray}`
    },
  }
}

/** More messages than anyone could have asked for. */
export class Flood extends RangeError {}

function parse(line: string): JSONRPCMessage | undefined {
  try {
    return deserializeMessage(line)
  } catch {
    // Servers do print banners and logs where they should not; it is kept for the error of a call that gets no answer.
    return undefined
  }
}
