import assert from 'node:assert/strict'
import { PolisError } from '../../core/error.ts'
import { describeMoment, type Moment } from './moment.ts'
import type { TestRun } from './test-run.ts'

/**
 * Runs once without a crash, then once for each moment at which the process could have died, and dies there.
 *
 * @throws PolisError DIVERGED when the run diverges without a crash; AssertionError when a crash changed what the run came to, naming the moment.
 */
export async function crashEverywhere(
  attempt: (dies: (moment: Moment) => boolean) => Promise<TestRun>,
): Promise<TestRun> {
  let moments = 0
  const expected = await attempt(() => {
    moments += 1
    return false
  })
  // An agent that is wrong without any crash is the same with one.
  if (expected.status === 'diverged') throw new PolisError('DIVERGED', expected.error?.message ?? 'It diverged')
  for (let at = 1; at <= moments; at++) {
    let passed = 0
    let where: Moment | undefined
    const found = await attempt((moment) => {
      passed += 1
      if (passed !== at) return false
      where = moment
      return true
    })
    // With uncertain: 'fail' the agent itself asks for another end here.
    if (where === undefined || gaveUp(found)) continue
    const message = `The run came to something else after a crash ${describeMoment(where)}`
    assert.deepEqual(outcomeOf(found), outcomeOf(expected), `${message}\n${show(expected)}\n${show(found)}`)
  }
  return Object.defineProperty(expected, 'crashes', { value: moments, enumerable: true })
}

function gaveUp({ steps }: TestRun): boolean {
  return [...steps.values()].some(({ error }) => error?.code === 'STEP_UNCERTAIN')
}

function outcomeOf(run: TestRun) {
  const { status, error, emitted, session } = run
  return {
    status,
    output: status === 'completed' ? run.output : undefined,
    error: error?.code,
    emitted: emitted.map((event) => JSON.stringify(event)).sort(),
    session,
  }
}

function show(run: TestRun): string {
  return JSON.stringify(outcomeOf(run))
}
