import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Verdict } from './simulate.ts'

/** How many schedules, from which one on, in how many processes. */
export interface Many {
  readonly seed: number
  readonly schedules: number
  readonly jobs: number
}

/** What came of them. */
export interface Summary {
  readonly failed: readonly Verdict[]
  readonly schedules: number
  readonly runs: number
  readonly injected: number
  readonly fenced: number
  readonly stale: number
  readonly milliseconds: number
}

/** Plays many schedules in processes of their own. */
export async function simulateMany({ seed, schedules, jobs }: Many): Promise<Summary> {
  const started = performance.now()
  const share = Math.ceil(schedules / jobs)
  const starts = Array.from({ length: jobs }, (_, job) => job * share).filter((start) => start < schedules)
  const verdicts = (
    await Promise.all(starts.map((start) => playSome(seed + start, Math.min(share, schedules - start))))
  ).flat()
  const sum = (of: (verdict: Verdict) => number) => verdicts.reduce((total, verdict) => total + of(verdict), 0)
  return {
    failed: verdicts.filter(({ faults }) => faults.length > 0),
    schedules: verdicts.length,
    runs: sum(({ runs }) => runs),
    injected: sum(({ injected }) => injected),
    fenced: sum(({ fenced }) => fenced),
    stale: sum(({ stale }) => stale),
    milliseconds: performance.now() - started,
  }
}

async function playSome(seed: number, schedules: number): Promise<readonly Verdict[]> {
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  const args = ['--seed', String(seed), '--schedules', String(schedules), '--jobs', '1', '--json']
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const verdicts: Verdict[] = []
  for await (const line of createInterface({ input: child.stdout })) verdicts.push(JSON.parse(line) as Verdict)
  if (verdicts.length < schedules) throw new Error(`The process of schedule ${seed + verdicts.length} ended early`)
  return verdicts
}
