import type { Fault } from './fault.ts'
import type { FaultSelection, FaultVerdict } from './suite.ts'

/** One case with what was found, and how to have it again. */
export function caseLine(verdict: FaultVerdict, { seed, size }: FaultSelection): string {
  const { plan, index, strikes, runs, fenced, milliseconds } = verdict
  const count = `${strikes} faults, ${runs} runs, ${fenced} fenced`
  const head = `${plan.fault} ${index} (${plan.workers} workers): ${count}, ${Math.round(milliseconds)} ms`
  const found = describeCase(verdict)
  if (found.length === 0) return `${head}: ok`
  const again = `npm run crash -- --store redis --seed ${seed} --fault ${plan.fault} --tenants ${size.tenants} --only ${index}`
  return [head, ...found.map((line) => `  ${line}`), `  again: ${again}`].join('\n')
}

/** What was found in a case, a line each. */
export function describeCase({ lost, repeated, gaps, wrong }: FaultVerdict): readonly string[] {
  return [
    ...lost.map((what) => `lost: ${what}`),
    ...repeated.map((what) => `repeated: ${what}`),
    ...gaps.map((what) => `gap: ${what}`),
    ...wrong.map((what) => `wrong: ${what}`),
  ]
}

/** What all cases of one fault came to. */
export function faultLine(fault: Fault, verdicts: readonly FaultVerdict[]): string {
  const own = verdicts.filter(({ plan }) => plan.fault === fault)
  const sum = (count: (verdict: FaultVerdict) => number) => own.reduce((total, verdict) => total + count(verdict), 0)
  const found = [
    `${sum(({ lost }) => lost.length)} lost`,
    `${sum(({ repeated }) => repeated.length)} repeated recorded steps`,
    `${sum(({ gaps }) => gaps.length)} gaps`,
    `${sum(({ wrong }) => wrong.length)} otherwise wrong`,
  ]
  const beside = [
    `${sum(({ fenced }) => fenced)} fenced`,
    ...(fault === 'memory-full' ? [`${sum(({ refused }) => refused)} submits refused`] : []),
    `${sum(({ overtaken }) => overtaken)} calls overtaken`,
  ]
  const size = `${sum(({ strikes }) => strikes)} faults, ${sum(({ runs }) => runs)} runs`
  return `${fault}: ${[size, ...found, ...beside].join(', ')}`
}

/** What stands in the last line. */
export interface Total {
  readonly faults: number
  readonly lost: number
  readonly repeated: number
  readonly gaps: number
  readonly fenced: number
}

/** The last line of all. */
export function totalLine({ faults, lost, repeated, gaps, fenced }: Total): string {
  return `${faults} faults, ${lost} lost, ${repeated} repeated recorded steps, ${gaps} gaps, ${fenced} fenced`
}

/** Adds up cases. */
export function totalOf(verdicts: readonly FaultVerdict[]): Total {
  const sum = (count: (verdict: FaultVerdict) => number) => verdicts.reduce((all, verdict) => all + count(verdict), 0)
  return {
    faults: sum(({ strikes }) => strikes),
    lost: sum(({ lost }) => lost.length),
    repeated: sum(({ repeated }) => repeated.length),
    gaps: sum(({ gaps }) => gaps.length),
    fenced: sum(({ fenced }) => fenced),
  }
}
