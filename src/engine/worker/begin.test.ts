import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Entry } from '../../core/entry.ts'
import { DEFAULT_TENANT } from '../../core/id.ts'
import { type Bed, createBed, step } from '../fake/test-bed.ts'
import type { Engine } from '../run/engine.ts'
import { prepare } from './begin.ts'

async function bedOf(turns: number): Promise<{ readonly bed: Bed; readonly run: string }> {
  const bed = createBed({
    agents: {
      agent: async (scope) => {
        for (let turn = 0; turn < turns; turn++) await step(scope, 'work', () => turn)
        await scope.snapshot({ turns })
        await step(scope, 'last', () => 1)
        await scope.ask('q', { question: '?', schema: {} })
      },
    },
  })
  await bed.open()
  const run = await bed.submit(null)
  await bed.pass(200)
  return { bed, run }
}

describe('what a worker reads of a run that it claimed', () => {
  it('is the first entry and what follows the snapshot, not what lies between', async () => {
    const { bed, run } = await bedOf(200)
    const process = await bed.open()
    const read: number[] = []
    const journal: Engine['store']['journal'] = {
      ...process.store.journal,
      async read(tenant, run, after, limit) {
        const entries: readonly Entry[] = await process.store.journal.read(tenant, run, after, limit)
        read.push(...entries.map(({ sequence }) => sequence))
        return entries
      },
    }
    const store = { ...process.store, journal }
    const record = await store.index.get(DEFAULT_TENANT, run)
    assert.ok(record)
    // Of an engine, reading takes the store.
    const claimed = await prepare({ store } as unknown as Engine, record)
    assert.equal(record.snapshot, 202)
    assert.deepEqual(read, [1, 202, 203, 204])
    assert.deepEqual(
      claimed?.entries.map(({ kind }) => kind),
      ['run-submitted', 'step-completed', 'question-asked'],
    )
    assert.deepEqual(claimed?.snapshot?.state, { turns: 200 })
  })
})
