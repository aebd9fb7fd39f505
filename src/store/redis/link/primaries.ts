import type { Clock } from '../../../core/clock.ts'
import type { PolisError } from '../../../core/error.ts'
import type { HostPort } from '../../../core/host-port.ts'
import type { Random } from '../../../core/random.ts'
import { type KeptOpen, keepOpen } from './keep-open.ts'
import type { Line } from './line.ts'
import type { Owner } from './shard-map.ts'

/** The lines to several primaries. */
export interface Primaries {
  /** Keeps a line open to each of these, and to no other. */
  keep(owners: readonly Owner[]): void
  at(owner: Owner): KeptOpen<Line> | undefined
  holder(line: Line): KeptOpen<Line> | undefined
  /** Those that are open. */
  lines(): readonly Line[]
  /** Why one is not open; undefined where all are. */
  missing(): PolisError | undefined
}

/** How they are kept open. */
export interface PrimariesOptions {
  readonly open: (address: HostPort, signal: AbortSignal) => Promise<Line>
  /** Told whenever a line opens, is gone, or could not be opened; `place` tells them apart. */
  readonly changed: (line: Line | undefined, missing: PolisError | undefined, place: string) => void
  readonly clock: Clock
  readonly random: Random
}

/** None is kept yet. */
export function createPrimaries({ open, changed, clock, random }: PrimariesOptions): Primaries {
  const lines = new Map<string, KeptOpen<Line>>()
  const keepLine = ({ address, name }: Owner) =>
    keepOpen<Line>({
      open: (signal) => open(address, signal),
      changed: (line, missing) => changed(line, missing, name),
      ...{ clock, random },
    })
  return {
    keep: (owners) => {
      const wanted = new Map(owners.map((owner) => [owner.name, owner]))
      for (const [name, kept] of lines) {
        if (wanted.has(name)) continue
        lines.delete(name)
        kept.close()
      }
      for (const [name, owner] of wanted) if (!lines.has(name)) lines.set(name, keepLine(owner))
    },
    at: ({ name }) => lines.get(name),
    holder: (line) => [...lines.values()].find((kept) => kept.current() === line),
    lines: () => [...lines.values()].flatMap((kept) => kept.current() ?? []),
    missing: () => [...lines.values()].map((kept) => kept.missing()).find((why) => why !== undefined),
  }
}
