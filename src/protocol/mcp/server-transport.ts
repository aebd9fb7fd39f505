import type { Transport } from '@modelcontextprotocol/client'

/** The largest message that is taken from a server, in bytes. */
export const MAX_MESSAGE = 32 * 2 ** 20

/** Why a connection is over. */
export interface Loss {
  readonly code: 'TOOL_UNAVAILABLE' | 'TOO_LARGE'
  /** What the server did, in words that follow its name: `exited with code 3`. */
  readonly text: string
  /** The last lines that it wrote to standard error, if any. */
  readonly words?: string
}

/** A transport that can say what has become of its server. */
export interface ServerTransport extends Transport {
  /** Why the connection is over; undefined while it is not, or when it was us who ended it. */
  loss(): Loss | undefined
  /** Declares it over, where only a failed request can tell. The first reason stands. */
  lose(reason: Loss): void
  /** What the server said beside the protocol, for the error of a call that gets no answer. */
  remark(): string | undefined
}
