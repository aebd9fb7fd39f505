import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createBed } from '../fake/test-bed.ts'
import type { SubmitRequest } from './service.ts'

describe('submit', () => {
  it('refuses what cannot be a run, naming the option', async () => {
    const bed = createBed({ agents: { agent: async () => 1 } })
    const cases: readonly (readonly [Partial<SubmitRequest>, string])[] = [
      [{ agent: 'nobody' }, 'UNKNOWN_AGENT'],
      [{ input: 1n }, 'INVALID_ARGUMENT'],
      [{ input: Array.from({ length: 5000 }).reduce<unknown>((below) => [below], 1) }, 'INVALID_ARGUMENT'],
      [{ key: 'a b' }, 'INVALID_ARGUMENT'],
      [{ session: '' }, 'INVALID_ARGUMENT'],
      [{ priority: 1.5 }, 'INVALID_ARGUMENT'],
      [{ tags: { '': 'x' } }, 'INVALID_ARGUMENT'],
      [{ webhook: 'ftp://x' }, 'INVALID_ARGUMENT'],
      [{ webhook: 'no url' }, 'INVALID_ARGUMENT'],
    ]
    for (const [request, code] of cases) await assert.rejects(bed.submit(null, request), { code })
    assert.equal([...bed.state.runs.values()].length, 0)
  })

  it('under the same key is the same run, another input under it a conflict (G1)', async () => {
    const bed = createBed({ agents: { agent: async () => 1 } })
    const request = { agent: 'agent', input: { a: 1, b: 2 }, key: 'k' }
    const first = await bed.service.submit(bed.caller, request)
    const again = await bed.service.submit(bed.caller, { ...request, input: { b: 2, a: 1 } })
    assert.deepEqual([first.duplicate, again.duplicate, again.run.run], [false, true, first.run.run])
    await assert.rejects(bed.service.submit(bed.caller, { ...request, input: 2 }), { code: 'IDEMPOTENCY_CONFLICT' })
  })

  it('takes inputs over the inline limit, and gives them to the code', async () => {
    const bed = createBed({ agents: { agent: async (_, input: string) => input.length } })
    await bed.open()
    const run = await bed.submit('ü'.repeat(300_000))
    assert.equal((await bed.finish(run)).output, 300_000)
  })

  it('not before a time waits for that time', async () => {
    const bed = createBed({ agents: { agent: async () => 1 } })
    await bed.open()
    const at = bed.clock.now() + 3_600_000
    const run = await bed.submit(null, { notBefore: at })
    await bed.finish(run)
    assert.ok(bed.clock.now() >= at)
  })
})
