import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { manualClock } from '../core/manual-clock.ts'
import { silentLog } from '../telemetry/log.ts'
import { createLifecycle, type Phase } from './lifecycle.ts'

const never = () => new Promise<void>(() => {})

test('The phases of the end run in their order, and the drain is seen by the first', async () => {
  const seen: unknown[] = []
  const lifecycle = createLifecycle({
    clock: manualClock(),
    log: silentLog,
    phases: [phase('one', () => void seen.push(lifecycle.draining)), phase('two', async () => void seen.push('two'))],
  })
  assert.equal(lifecycle.draining, false)
  await lifecycle.shutdown('SIGTERM')
  assert.deepEqual(seen, [true, 'two'])
})

test('A phase that throws, rejects or hangs holds up none after it', async () => {
  const clock = manualClock()
  const seen: string[] = []
  const fail = () => {
    throw new Error('no')
  }
  const phases = [
    phase('throws', fail),
    phase('rejects', async () => fail()),
    phase('hangs', never),
    phase('last', () => void seen.push('last')),
  ]
  const ended = createLifecycle({ clock, log: silentLog, phases }).shutdown('SIGTERM')
  await turn()
  assert.deepEqual(seen, [])
  clock.advance(100)
  await ended
  assert.deepEqual(seen, ['last'])
})

test('The end happens once, however often it is asked for', async () => {
  let runs = 0
  const lifecycle = createLifecycle({ clock: manualClock(), log: silentLog, phases: [phase('one', () => void runs++)] })
  await Promise.all([lifecycle.shutdown('SIGTERM'), lifecycle.shutdown('SIGINT')])
  assert.equal(runs, 1)
})

test('A kill leaves what hangs behind at once', async () => {
  const lifecycle = createLifecycle({
    clock: manualClock(),
    log: silentLog,
    phases: [phase('hangs', never), phase('hangs too', never)],
  })
  const ended = lifecycle.shutdown('SIGTERM')
  await turn()
  lifecycle.kill()
  await ended
})

function phase(name: string, run: Phase['run']): Phase {
  return { name, timeout: 100, run }
}
