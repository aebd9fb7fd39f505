import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manualClock } from '../../core/manual-clock.ts'
import { openMemoryStore } from '../../store/memory/open.ts'
import { type Log, silentLog } from '../../telemetry/log.ts'
import { createPauseTeller } from './pause-teller.ts'

test('A pause is told to each who asks, and logged once as it begins and once as it ends', async () => {
  const store = openMemoryStore({ clock: manualClock(0) })
  const logged: string[] = []
  const log: Log = { ...silentLog, warn: (_fields: object, text: string) => void logged.push(text) }
  const tell = createPauseTeller(store, { log })
  assert.equal(await tell(), undefined)
  await store.transfer.pause('moving house')
  const note = await tell()
  assert.match(note ?? '', /paused since 1970-01-01T00:00:00.000Z \(moving house\).*polis store resume/)
  assert.equal(await tell(), note)
  await store.transfer.resume()
  assert.equal(await tell(), undefined)
  assert.deepEqual(logged, [note, 'the store is resumed: runs are executed again'])
})
