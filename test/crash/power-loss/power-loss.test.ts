import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../../../src/core/random.ts'
import { createDisk } from './disk.ts'
import { runPowerLoss, untraceable } from './run.ts'
import { readSyscalls, traceCommand } from './syscall-log.ts'

const SEED = 20_261_124

test('Power loss takes nothing that was acknowledged under disk, and never damages the store', async (context) => {
  const reason = untraceable()
  if (reason !== undefined) return context.skip(`power loss is not tested: ${reason}`)
  const summary = await runPowerLoss({ seed: SEED, points: 32 }, (line) => context.diagnostic(line))
  assert.ok(summary.kind === 'done')
  assert.deepEqual(summary.faults, [])
  // Otherwise the method would not see what it is there to see.
  assert.ok(summary.acknowledged > 100, `expected acknowledged facts to look for, got ${summary.acknowledged}`)
  assert.ok(summary.tail > 0, 'expected process durability to lose its tail to a power loss')
})

test('A disk keeps what was synced, and any part of what was not', () => {
  const disk = createDisk()
  const path = '/store/a'
  disk.apply({ kind: 'create', path })
  disk.apply({ kind: 'write', path, offset: 0, bytes: Buffer.alloc(1024, 1) })
  disk.apply({ kind: 'sync', path })
  disk.apply({ kind: 'write', path, offset: 0, bytes: Buffer.alloc(1024, 2) })
  const random = seededRandom(1)
  const found = Array.from({ length: 100 }, () => disk.losePower(random).get(path) ?? Buffer.alloc(0))
  const kinds = new Set(found.map((bytes) => `${bytes.length} ${bytes[0]} ${bytes[511]} ${bytes[512]} ${bytes[1023]}`))
  assert.deepEqual([...kinds].sort(), ['1024 1 1 1 1', '1024 1 1 2 2', '1024 2 2 1 1', '1024 2 2 2 2'])
})

test('A removed file may come back until its folder is synced', () => {
  const disk = createDisk()
  const path = '/store/a'
  disk.apply({ kind: 'create', path })
  disk.apply({ kind: 'sync', path })
  disk.apply({ kind: 'unlink', path })
  const random = seededRandom(1)
  const back = Array.from({ length: 20 }, () => disk.losePower(random).has(path))
  assert.deepEqual(new Set(back), new Set([true, false]))
  disk.apply({ kind: 'sync', path: '/store' })
  assert.equal(disk.losePower(random).size, 0)
})

test('A trace names the files that it is about, and an unreadable log is an error', () => {
  assert.ok(traceCommand('/log', ['/store/a']).join(' ').includes('-P /store/a'))
  assert.throws(() => readSyscalls('/nowhere/log'))
})
