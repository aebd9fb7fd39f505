import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { PolisError } from '../../core/error.ts'
import { manualClock } from '../../core/manual-clock.ts'
import { seededRandom } from '../../core/random.ts'
import { openMemoryStore } from '../../store/memory/open.ts'
import { createReaper } from './reaper.ts'

const HEARTBEAT = 3000

function begin(lease: 'lock' | 'time') {
  const clock = manualClock()
  const { coordination } = openMemoryStore({ clock })
  const seen = { reaps: [] as number[], looks: 0, failures: 0, away: false, jumped: 0 }
  const started = clock.now()
  const answer = async () => {
    seen.looks++
    if (seen.away) throw new PolisError('STORE_UNAVAILABLE', 'A test has it away')
  }
  const reap = async () => {
    await answer()
    seen.reaps.push(clock.now() - started)
    return 0
  }
  const reaper = createReaper({
    store: { coordination: { ...coordination, lease, reap }, ping: answer },
    clock: {
      now: () => clock.now() + seen.jumped,
      setTimer: (at, fire) => clock.setTimer(at - seen.jumped, fire),
    },
    ...{ random: seededRandom(1), heartbeat: HEARTBEAT },
    looked: () => {},
    failed: () => void seen.failures++,
  })
  reaper.start()
  const pass = async (milliseconds: number) => {
    for (let passed = 0; passed < milliseconds; passed += 100) {
      clock.advance(100)
      await turn()
    }
  }
  return { seen, reaper, pass }
}

describe('a reaper', () => {
  it('asks at once and twice a second where leases are locks', async () => {
    const { seen, pass } = begin('lock')
    await pass(5000)
    assert.ok((seen.reaps[0] ?? 5000) <= 100)
    assert.ok(seen.reaps.length >= 9)
  })

  it('takes nobody for dead before it has heard from the store for as long as a lease lasts (invariant 1)', async () => {
    const { seen, pass } = begin('time')
    await pass(20_000)
    assert.ok((seen.reaps[0] ?? 0) >= HEARTBEAT * 1.5)
    assert.ok((seen.reaps[0] ?? 20_000) < HEARTBEAT * 2)
    assert.ok(seen.looks <= 28, `${seen.looks} looks in 20 s`)
  })

  it('begins anew once the store was away (invariant 1)', async () => {
    const { seen, pass } = begin('time')
    await pass(10_000)
    seen.away = true
    await pass(10_000)
    assert.ok(seen.failures > 0)
    seen.away = false
    seen.reaps.length = 0
    await pass(10_000)
    assert.ok((seen.reaps[0] ?? 0) >= 20_000 + HEARTBEAT * 1.5)
  })

  it('begins anew once its process was paused (invariant 1)', async () => {
    const { seen, pass } = begin('time')
    await pass(10_000)
    seen.reaps.length = 0
    seen.jumped = 30_000
    await pass(10_000)
    assert.ok((seen.reaps[0] ?? 0) >= 10_000 + HEARTBEAT * 1.5)
  })

  it('asks nothing more once it was stopped', async () => {
    const { seen, reaper, pass } = begin('time')
    await pass(10_000)
    reaper.stop()
    const { looks } = seen
    await pass(10_000)
    assert.equal(seen.looks, looks)
  })
})
