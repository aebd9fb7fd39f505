import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createBed, step } from '../fake/test-bed.ts'

describe('following a run', () => {
  it('gives each entry once and in order, from anywhere, across a crash, until the end (G4)', async () => {
    const bed = createBed({
      agents: {
        agent: async (scope) => {
          for (let at = 0; at < 20; at++) await step(scope, 's', () => at)
          await scope.ask('q', { question: '?', schema: {} })
          for (let at = 0; at < 20; at++) await step(scope, 's', () => at)
        },
      },
    })
    const first = await bed.open({
      faults: ({ when, group }) => (when === 'after' && group === 12 ? 'crash' : undefined),
    })
    const run = await bed.submit(null)
    const never = new AbortController().signal
    const read = async (after: number) => {
      const found: number[] = []
      for await (const { sequence } of bed.service.follow(bed.caller, run, after, never)) found.push(sequence)
      return found
    }
    const readers = [0, 1, 7, 25].map((after) => read(after))
    await bed.idle()
    assert.ok(first.dead)
    await bed.open()
    await bed.pass(1000)
    await bed.service.answer(bed.caller, run, 'q', 1)
    const { sequence } = await bed.finish(run)
    const all = await Promise.all(readers)
    for (const [at, after] of [0, 1, 7, 25].entries()) {
      assert.deepEqual(
        all[at],
        Array.from({ length: sequence - after }, (_, index) => after + 1 + index),
      )
    }
    assert.deepEqual(await read(sequence - 1), [sequence])
  })

  it('ends when the reader leaves', async () => {
    const bed = createBed({ agents: { agent: (scope) => scope.sleep(1e9) } })
    await bed.open()
    const run = await bed.submit(null)
    const leaving = new AbortController()
    const kinds: string[] = []
    for await (const { kind } of bed.service.follow(bed.caller, run, 0, leaving.signal)) {
      kinds.push(kind)
      if (kind === 'timer-started') leaving.abort()
    }
    assert.deepEqual(kinds, ['run-submitted', 'timer-started'])
    await bed.idle()
    assert.equal((await bed.service.wait(bed.caller, run, leaving.signal)).status, 'suspended')
  })
})
