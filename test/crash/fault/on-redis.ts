import { skipWithoutNetwork } from '../../redis/server/network.ts'
import { expectedOutcomes, runSuite, type Summary, type Verdict } from '../suite.ts'
import { redisVenue } from '../venue.ts'
import type { Fault } from './fault.ts'
import { describeCase, faultLine, type Total, totalLine, totalOf } from './report.ts'
import { type FaultSelection, type FaultVerdict, runFaults } from './suite.ts'

/** What is done on Redis: the matrix of kills, where it is given, and faults. */
export interface RedisSelection extends FaultSelection {
  readonly matrix: { readonly points: number; readonly only?: string; readonly jobs: number } | undefined
}

/** Who hears of it while it goes on. */
export interface Listener {
  point(verdict: Verdict, done: number, of: number): void
  case(verdict: FaultVerdict): void
}

/** What all of it came to. */
export interface RedisSummary {
  readonly matrix: Summary | undefined
  readonly verdicts: readonly FaultVerdict[]
  /** What could not be done here, and why. */
  readonly skipped: readonly string[]
  readonly total: Total
  readonly failed: boolean
}

/** Runs the suite on servers of its own. */
export async function runOnRedis(selection: RedisSelection, listener: Listener): Promise<RedisSummary> {
  const { matrix, seed } = selection
  const killed = matrix === undefined ? undefined : await runMatrix({ ...matrix, seed }, listener)
  const without = selection.faults.includes('link-cut') ? skipWithoutNetwork() : false
  const faults = selection.faults.filter((fault) => fault !== 'link-cut' || without === false)
  const expected = faults.length === 0 ? new Map() : await expectedOutcomes(seed)
  const verdicts = await runFaults({ ...selection, faults }, expected, listener.case)
  const found = verdicts.some((verdict) => describeCase(verdict).length > 0)
  return {
    ...{ matrix: killed, verdicts, skipped: without === false ? [] : [`link-cut: ${without}`] },
    ...{ total: withKills(totalOf(verdicts), killed), failed: found || killed?.failed === true },
  }
}

/** What it ends with. */
export function redisLines({ verdicts, skipped, total }: RedisSummary): readonly string[] {
  const faults = new Set<Fault>(verdicts.map(({ plan }) => plan.fault))
  return [
    ...[...faults].map((fault) => faultLine(fault, verdicts)),
    ...skipped.map((reason) => `SKIPPED: ${reason}`),
    totalLine(total),
  ]
}

async function runMatrix(
  matrix: NonNullable<RedisSelection['matrix']> & { readonly seed: number },
  { point }: Listener,
) {
  await using venue = await redisVenue()
  return await runSuite({ ...matrix, venue }, point)
}

function withKills(total: Total, killed: Summary | undefined): Total {
  if (killed === undefined) return total
  return {
    faults: total.faults + killed.kills,
    lost: total.lost + killed.lost,
    repeated: total.repeated + killed.repeated,
    gaps: total.gaps + killed.gaps,
    fenced: total.fenced + killed.fenced,
  }
}
