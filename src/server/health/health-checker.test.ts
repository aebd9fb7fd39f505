import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { manualClock } from '../../core/manual-clock.ts'
import { createHealthChecker } from './health-checker.ts'

const never = () => new Promise<void>(() => {})

test('A check that throws, one that rejects and one that passes are each reported as such', async () => {
  const health = createHealthChecker({ clock: manualClock(), timeout: 100 })
  health.add('readiness', 'throws', () => {
    throw new Error('no disk')
  })
  health.add('readiness', 'rejects', () => Promise.reject(new Error('no store')))
  health.add('readiness', 'passes', () => {})
  assert.deepEqual(await health.report('readiness'), {
    status: 'fail',
    checks: {
      throws: { status: 'fail', ms: 0, error: 'no disk' },
      rejects: { status: 'fail', ms: 0, error: 'no store' },
      passes: { status: 'ok', ms: 0 },
    },
  })
})

test('A check that hangs is reported after its own timeout, and the others run meanwhile', async () => {
  const clock = manualClock()
  const health = createHealthChecker({ clock, timeout: 5000 })
  const ran: string[] = []
  let aborted = false
  health.add('readiness', 'hangs', (signal) => {
    signal.addEventListener('abort', () => (aborted = true))
    return never()
  })
  health.add('readiness', 'short', never, { timeout: 100 })
  health.add('readiness', 'quick', () => void ran.push('quick'))
  const report = health.report('readiness')
  assert.deepEqual(ran, ['quick'])
  await turn()
  clock.advance(100)
  await turn()
  clock.advance(4900)
  const { status, checks } = await report
  assert.equal(status, 'fail')
  assert.equal(aborted, true)
  assert.deepEqual([checks.hangs?.ms, checks.short?.ms, checks.quick?.ms], [5000, 100, 0])
  assert.match(checks.hangs?.error ?? '', /did not end within 5000 ms/)
})

test('Without checks a process is alive, but neither ready nor started', async () => {
  const health = createHealthChecker({ clock: manualClock(), timeout: 100 })
  assert.equal((await health.report('liveness')).status, 'ok')
  assert.equal((await health.report('readiness')).status, 'fail')
  assert.equal((await health.report('startup')).status, 'fail')
})

test('However often probes ask, a check runs once a second and never twice at once', async () => {
  const clock = manualClock()
  const health = createHealthChecker({ clock, timeout: 5000 })
  let runs = 0
  let finish = () => {}
  health.add('readiness', 'counted', () => {
    runs++
    return new Promise<void>((resolve) => (finish = resolve))
  })
  const first = health.report('readiness')
  clock.advance(2000)
  const second = health.report('readiness')
  assert.equal(runs, 1)
  finish()
  await Promise.all([first, second])
  clock.advance(999)
  await health.report('readiness')
  assert.equal(runs, 1)
  clock.advance(1)
  const third = health.report('readiness')
  assert.equal(runs, 2)
  finish()
  await third
})

test('A check that is removed counts no more, and a removal touches no later check of its name', async () => {
  const health = createHealthChecker({ clock: manualClock(), timeout: 100 })
  const remove = health.add('readiness', 'store', () => Promise.reject(new Error('old')))
  health.add('readiness', 'store', () => {})
  remove()
  assert.equal((await health.report('readiness')).status, 'ok')
})

test('Each result is told once, for metrics', async () => {
  const told: string[] = []
  const onResult = (kind: string, name: string, { status }: { status: string }) =>
    told.push(`${kind} ${name} ${status}`)
  const health = createHealthChecker({ clock: manualClock(), timeout: 100, onResult })
  health.add('startup', 'loaded', () => {})
  await health.report('startup')
  await health.report('startup')
  assert.deepEqual(told, ['startup loaded ok'])
})
