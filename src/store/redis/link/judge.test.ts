import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Facts } from './facts.ts'
import { judge } from './judge.ts'
import type { Kept } from './options.ts'

const sound: Facts = {
  version: '7.0.15',
  isValkey: false,
  role: 'master',
  primary: undefined,
  loading: false,
  cluster: false,
  replicas: 1,
  aof: true,
  policy: 'noeviction',
  maxmemory: 1,
  config: { appendfsync: 'always', noFsyncOnRewrite: false, minReplicas: 1, save: '' },
}
const [toProcess, disk, replicated]: readonly Kept[] = [
  { kind: 'process' },
  { kind: 'disk' },
  { kind: 'replicated', replicas: 1 },
]

const config = (change: Partial<NonNullable<Facts['config']>>): Partial<Facts> => ({
  config: { appendfsync: 'always', noFsyncOnRewrite: false, minReplicas: 1, save: '', ...change },
})

describe('the judgement of a primary', () => {
  it('finds nothing where all is sound', () => {
    for (const kept of [toProcess, disk, replicated]) {
      const { faults, warnings } = judge(sound, kept as Kept, 'standalone')
      assert.deepEqual([faults, warnings], [[], []])
    }
  })

  it('names what it cannot be the store for', () => {
    const cases: readonly [Partial<Facts>, Kept | undefined, RegExp][] = [
      [{ version: '6.2.14' }, toProcess, /expected Redis 7\.0 or later, got 6\.2\.14/],
      [{ role: 'slave', primary: '10.0.0.1:6379' }, toProcess, /got a replica of 10\.0\.0\.1:6379/],
      [{ cluster: true }, toProcess, /set redis\.cluster\.enabled to true/],
      [{ policy: 'allkeys-lru' }, toProcess, /expected maxmemory-policy noeviction, got allkeys-lru/],
      [{ aof: false }, disk, /expected appendonly yes/],
      [config({ appendfsync: 'everysec' }), disk, /expected appendfsync always .* got everysec/],
      [config({ noFsyncOnRewrite: true }), disk, /expected no-appendfsync-on-rewrite no/],
    ]
    for (const [change, kept, fault] of cases) {
      const { faults } = judge({ ...sound, ...change }, kept as Kept, 'standalone')
      assert.equal(faults.length, 1, String(fault))
      assert.match(faults[0] ?? '', fault)
    }
    assert.match(judge(sound, { kind: 'process' }, 'cluster').faults[0] ?? '', /set redis\.cluster\.enabled to false/)
  })

  it('warns of what is risky, or could not be looked at', () => {
    const cases: readonly [Partial<Facts>, Kept | undefined, RegExp][] = [
      [{ maxmemory: 0 }, toProcess, /no maxmemory/],
      [{ aof: false }, toProcess, /appendonly is no: a restart of Redis loses every run/],
      [{ aof: false, ...config({ save: '3600 1' }) }, toProcess, /loses what came after its last snapshot/],
      [{ config: undefined }, disk, /appendfsync, on which store\.durability disk rests/],
      [{ replicas: 0 }, replicated, /only 0 of the 1 replicas/],
      [config({ minReplicas: 0 }), replicated, /min-replicas-to-write is 0/],
      [{ version: '7.2.4', ...config({ appendfsync: 'everysec' }) }, disk, /commits may wait a second/],
    ]
    for (const [change, kept, warning] of cases) {
      const { faults, warnings } = judge({ ...sound, ...change }, kept as Kept, 'standalone')
      assert.deepEqual(faults, [])
      assert.equal(warnings.length, 1, warnings.join())
      assert.match(warnings[0] ?? '', warning)
    }
    assert.match(
      judge(sound, { kind: 'disk' }, 'sentinel').warnings[0] ?? '',
      /a failover .* may lose the last commits/,
    )
  })

  it('says what must follow a commit: WAIT for replicas, WAITAOF where the reply itself is no proof', () => {
    const confirmation = (facts: Partial<Facts>, kept: Kept | undefined) =>
      judge({ ...sound, ...facts }, kept as Kept, 'standalone').confirmation
    const everysec = config({ appendfsync: 'everysec' })
    assert.deepEqual(confirmation({}, replicated), { kind: 'replicas', count: 1 })
    assert.deepEqual(confirmation({}, disk), { kind: 'none' })
    assert.deepEqual(confirmation({ version: '8.0.2', ...everysec }, disk), { kind: 'fsync' })
    assert.deepEqual(confirmation({ version: '8.0.2', ...config({ noFsyncOnRewrite: true }) }, disk), { kind: 'fsync' })
    assert.deepEqual(confirmation({ version: '8.0.2', config: undefined }, disk), { kind: 'fsync' })
    assert.deepEqual(confirmation({ version: '8.0.2', ...everysec }, toProcess), { kind: 'none' })
  })
})
