import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { check } from '../check.ts'
import type { Collected } from '../collect.ts'
import type { Expected } from '../expected.ts'
import { type FaultResult, runFaultCase } from './case.ts'
import type { Fault } from './fault.ts'
import { type FaultPlan, planOf, type Size } from './plan.ts'

/** Which cases: so many of each fault, or one of them. */
export interface FaultSelection {
  readonly seed: number
  readonly faults: readonly Fault[]
  readonly cases: number
  readonly size: Size
  /** One case of each fault. */
  readonly only?: number
}

/** What a case came to. */
export interface FaultVerdict {
  readonly plan: FaultPlan
  readonly index: number
  readonly strikes: number
  readonly runs: number
  readonly fenced: number
  readonly refused: number
  /** Effects of processes that were stopped or cut off within their call, while another made the same call. */
  readonly overtaken: number
  readonly lost: readonly string[]
  readonly repeated: readonly string[]
  readonly gaps: readonly string[]
  /** All else that must not be. */
  readonly wrong: readonly string[]
  readonly milliseconds: number
}

/** Runs the cases of a selection one after the other, and tells of each as it is done. */
export async function runFaults(
  { seed, faults, cases, size, only }: FaultSelection,
  expected: Expected,
  tell: (verdict: FaultVerdict) => void,
): Promise<readonly FaultVerdict[]> {
  const cache = mkdtempSync(join(tmpdir(), 'polis-fault-cache-'))
  const verdicts: FaultVerdict[] = []
  try {
    for (const fault of faults) {
      for (let index = 0; index < cases; index++) {
        if (only !== undefined && only !== index) continue
        const plan = planOf(fault, seed * 1_000_003 + index, size)
        const verdict = judge(plan, index, await runFaultCase(plan, cache), expected)
        verdicts.push(verdict)
        tell(verdict)
      }
    }
    return verdicts
  } finally {
    rmSync(cache, { recursive: true, force: true })
  }
}

function judge(plan: FaultPlan, index: number, result: FaultResult, expected: Expected): FaultVerdict {
  const { strikes, fenced, refused, milliseconds, tenants, broken } = result
  const findings = tenants.map(({ client, store }) => {
    const logs = { effects: own(result.effects, store), calls: own(result.calls, store) }
    return check({ asked: client.asked, seen: client.seen, looks: client.looks, ...logs, store, expected })
  })
  const overtaken = findings.reduce((sum, { unrecorded }) => sum + unrecorded.overtaken, 0)
  const wrong = [...findings.flatMap((found) => [...found.wrong, ...found.money, ...found.again]), ...broken]
  if (strikes < plan.strikes.length) wrong.push(`struck ${strikes} times, not ${plan.strikes.length}`)
  if (plan.fault === 'memory-full' && refused === 0) wrong.push('no submit was refused while the memory was full')
  return {
    ...{ plan, index, strikes, fenced, refused, overtaken, milliseconds, wrong },
    runs: tenants.reduce((sum, { store }) => sum + store.runs.length, 0),
    lost: [...findings.flatMap(({ lost }) => lost), ...strangers(result)],
    repeated: findings.flatMap(({ repeated }) => repeated),
    gaps: findings.flatMap(({ gaps }) => gaps),
  }
}

function own<Line extends { readonly key: string }>(lines: readonly Line[], { runs }: Collected): readonly Line[] {
  const ids = new Set(runs.map(({ record }) => record.run))
  return lines.filter(({ key }) => ids.has(runOf(key)))
}

// An effect of a run that is in no journal: its submit was taken back.
function strangers({ effects, tenants }: FaultResult): string[] {
  const known = new Set(tenants.flatMap(({ store }) => store.runs.map(({ record }) => record.run)))
  const strange = new Set(effects.map(({ key }) => runOf(key)).filter((run) => !known.has(run)))
  return [...strange].map((run) => `run ${run} had effects and is not there`)
}

function runOf(key: string): string {
  return key.slice(0, key.indexOf('/'))
}
