import { isDeepStrictEqual } from 'node:util'
import type { DecodedEntry } from '../../../src/core/entry.ts'
import type { Asked } from '../client.ts'
import type { Collected } from '../collect.ts'
import type { Report } from '../protocol.ts'
import type { Syscall } from './syscall-log.ts'

/** What clients had been told at a moment. */
export interface Witness {
  readonly runs: readonly string[]
  readonly entries: readonly DecodedEntry[]
  /** Questions whose answer was acknowledged, as `run/question`. */
  readonly answers: readonly string[]
  readonly facts: number
}

/** Reads what was reported by then from the calls that wrote it down. */
export function readWitness(calls: readonly Syscall[], asked: readonly Asked[]): Witness {
  const runs: string[] = []
  const answers: string[] = []
  const entries: DecodedEntry[] = []
  for (const call of calls) {
    if (call.kind !== 'append' || !call.path.endsWith('witness.jsonl')) continue
    // Each report is written down with one call, by the worker's `tell`.
    const report = JSON.parse(call.bytes.toString()) as Report
    if (report.kind === 'entry') entries.push(report.entry)
    if (report.kind !== 'called' || report.refusal !== undefined) continue
    const what = asked[report.id]?.call
    if (what?.kind === 'submit' && report.run !== undefined) runs.push(report.run)
    if (what?.kind === 'answer') answers.push(`${what.run}/${what.question}`)
  }
  return { runs, entries, answers, facts: runs.length + entries.length + answers.length }
}

/** What clients had been told and a store does not hold, a line each. */
export function missingFacts({ runs, questions }: Collected, witness: Witness): readonly string[] {
  const journals = new Map(runs.map(({ record, entries }) => [record.run, entries]))
  const open = new Set(questions)
  const entries = witness.entries.filter((entry) => {
    const found = journals.get(entry.run)?.[entry.sequence - 1]
    return found === undefined || !isDeepStrictEqual(JSON.parse(JSON.stringify(found)), entry)
  })
  return [
    ...witness.runs.filter((run) => !journals.has(run)).map((run) => `run ${run} was acknowledged and is not there`),
    ...entries.map(({ run, sequence, kind }) => `entry ${sequence} (${kind}) of ${run} was published and is not there`),
    ...witness.answers.filter((id) => open.has(id)).map((id) => `question ${id} was answered and is open`),
  ]
}
