import type { HostPort } from '../../../core/host-port.ts'
import { type KeepOpenOptions, keepOpen } from './keep-open.ts'
import { type Line, type LineOptions, openLine } from './line.ts'
import type { Topology } from './topology.ts'

/** How the primary of all shards is found. */
export interface SingleOptions extends Pick<KeepOpenOptions<Line>, 'clock' | 'random' | 'changed'> {
  readonly find: (signal: AbortSignal) => Promise<HostPort>
  readonly line: LineOptions
}

/** All shards on one primary, which is looked for again whenever it is lost. */
export function createSingle({ find, line: options, ...dependencies }: SingleOptions): Topology {
  const open = async (signal: AbortSignal) => openLine(await find(signal), options, signal)
  const kept = keepOpen<Line>({ open, ...dependencies })
  return {
    line: kept.current,
    next: (_shard, until) => kept.next(until),
    lines: () => {
      const line = kept.current()
      return line === undefined ? [] : [line]
    },
    missing: kept.missing,
    leave: kept.leave,
    // A single server sends nobody elsewhere.
    moved: () => undefined,
    close: kept.close,
  }
}
