import { PolisError } from '../../../core/error.ts'
import { type HostPort, showHostPort } from '../../../core/host-port.ts'
import { type KeepOpenOptions, keepOpen } from './keep-open.ts'
import { type Line, type LineOptions, openLine } from './line.ts'
import { repeat } from './pause.ts'
import type { Topology } from './topology.ts'

/** How the primary of all shards is found. */
export interface SingleOptions extends Pick<KeepOpenOptions<Line>, 'clock' | 'random' | 'changed'> {
  readonly find: (signal: AbortSignal) => Promise<HostPort>
  /** Whether it may become another one without the connection being lost: then it is looked for now and then. */
  readonly mayChange: boolean
  readonly line: LineOptions
}

const LOOK_EVERY = 5000

/** All shards on one primary, which is looked for again whenever it is lost. */
export function createSingle({ find, mayChange, line: options, ...dependencies }: SingleOptions): Topology {
  const { clock, random } = dependencies
  const ending = new AbortController()
  const open = async (signal: AbortSignal) => openLine(await find(signal), options, signal)
  const kept = keepOpen<Line>({ open, ...dependencies })
  // A primary that is cut off from the others stays connected to us, and never learns that it is none.
  const look = async () => {
    const line = kept.current()
    const found = line === undefined ? undefined : await find(ending.signal).catch(() => undefined)
    if (line === undefined || found === undefined || showHostPort(found) === showHostPort(line.address)) return
    kept.leave(line, replaced(line.address, found))
  }
  const stop = mayChange ? repeat(clock, () => LOOK_EVERY * (0.75 + random.next() / 2), look) : () => undefined
  return {
    line: kept.current,
    next: (_shard, until) => kept.next(until),
    home: () => 'primary',
    onMove: () => undefined,
    lines: () => {
      const line = kept.current()
      return line === undefined ? [] : [line]
    },
    missing: kept.missing,
    leave: kept.leave,
    // A single server sends nobody elsewhere.
    moved: () => undefined,
    close: () => {
      stop()
      ending.abort()
      kept.close()
    },
  }
}

function replaced(before: HostPort, now: HostPort): PolisError {
  return new PolisError(
    'STORE_UNAVAILABLE',
    `Redis at ${showHostPort(before)} was replaced as the primary by ${showHostPort(now)}`,
  )
}
