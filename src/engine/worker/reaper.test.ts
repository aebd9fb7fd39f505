import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { PolisError } from '../../core/error.ts'
import { manualClock } from '../../core/manual-clock.ts'
import { seededRandom } from '../../core/random.ts'
import { createReaper } from './reaper.ts'

function begin(lease: 'lock' | 'time', reap = async () => 0) {
  const clock = manualClock()
  const started = clock.now()
  const seen = { looks: [] as number[], failures: 0 }
  const reaper = createReaper({
    coordination: { lease, reap },
    ...{ clock, random: seededRandom(1), heartbeat: 3000 },
    looked: () => void seen.looks.push(clock.now() - started),
    failed: () => void seen.failures++,
  })
  reaper.start()
  const pass = async (milliseconds: number) => {
    for (let passed = 0; passed < milliseconds; passed += 50) {
      clock.advance(50)
      await turn()
    }
  }
  return { seen, reaper, pass }
}

describe('a reaper', () => {
  it('looks at once, and twice a second where leases are locks', async () => {
    const { seen, pass } = begin('lock')
    await pass(5000)
    assert.ok((seen.looks[0] ?? 5000) <= 50)
    assert.ok(seen.looks.length >= 9)
  })

  it('looks within each third of a heartbeat where leases are times, and not with a beat of its own (G6)', async () => {
    const { seen, pass } = begin('time')
    await pass(30_000)
    const gaps = seen.looks.slice(1).map((at, index) => at - (seen.looks[index] ?? 0))
    assert.ok(
      gaps.every((gap) => gap >= 700 && gap <= 1050),
      gaps.join(),
    )
    assert.ok(new Set(gaps).size > 1)
  })

  it('goes on after a failure, and looks no more once it was stopped', async () => {
    const { seen, reaper, pass } = begin('time', async () => {
      throw new PolisError('STORE_UNAVAILABLE', 'A test has it away')
    })
    await pass(5000)
    const { failures } = seen
    assert.ok(failures >= 4)
    reaper.stop()
    await pass(5000)
    assert.equal(seen.failures, failures)
  })
})
