import type { Clock } from '../../../core/clock.ts'
import type { Random } from '../../../core/random.ts'
import { fillOf } from './facts.ts'
import { repeat } from './pause.ts'
import type { Topology } from './topology.ts'

const EVERY = 1000

/** How full the primaries are, looked at about every second: which also notices a connection that is dead, since nothing else may be asked of it for long. */
export interface Gauge {
  /** 0 to 1 of maxmemory, of the fullest primary; 0 where none is set. */
  fill(): number
  close(): void
}

/** Begins to look. */
export function openGauge(topology: Topology, clock: Clock, random: Random): Gauge {
  let fill = 0
  const look = async () => {
    const seen = await Promise.all(
      topology.lines().map(async ({ main, side }) => {
        const [info] = await Promise.all([side.send('info', 'memory'), main.send('ping')])
        return fillOf(String(info))
      }),
    )
    fill = Math.max(0, ...seen)
  }
  // What could not be measured stays as it was: whoever submits now fails anyway.
  const quietly = () => look().catch(() => undefined)
  void quietly()
  const close = repeat(clock, () => EVERY * (0.75 + random.next() / 2), quietly)
  return { fill: () => fill, close }
}
