import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { PolisError } from '../../core/error.ts'
import { type AgentCode, createBed, runOnce, step } from '../fake/test-bed.ts'

const forever = () => new Promise<never>(() => {})

/** Runs code, kills its process at the first quiet moment, and goes on in another. */
async function runThroughDeath(code: AgentCode) {
  const bed = createBed({ agents: { agent: code } })
  const first = await bed.open()
  const run = await bed.submit(null)
  await bed.idle()
  first.kill()
  await bed.open()
  return { bed, run }
}

describe('a step', () => {
  it('gives its code what a replay would give: the result through JSON', async () => {
    const { view } = await runOnce(async (scope) => {
      const date = await step(scope, 'date', () => new Date(0))
      const nothing = await step(scope, 'nothing', () => undefined)
      return { date, isUndefined: nothing === undefined, nan: await step(scope, 'nan', () => Number.NaN) }
    })
    assert.deepEqual(view.output, { date: '1970-01-01T00:00:00.000Z', isUndefined: true, nan: null })
  })

  it('records and returns one and the same result, whatever its toJSON says the second time', async () => {
    let calls = 0
    const { view, bed, run } = await runOnce((scope) => step(scope, 'odd', () => ({ toJSON: () => ++calls })))
    const entry = (await bed.entries(run)).find(({ kind }) => kind === 'step-completed')
    assert.deepEqual([view.output, entry?.kind === 'step-completed' && entry.data.output], [1, 1])
  })

  it('fails with INVALID_OUTPUT where its result cannot be stored', async () => {
    for (const odd of [1n, () => 1, Symbol('s')]) {
      const { view } = await runOnce((scope) => step(scope, 'odd', () => odd))
      assert.equal(view.error?.code, 'INVALID_OUTPUT')
    }
    const ring: { self?: unknown } = {}
    ring.self = ring
    assert.equal((await runOnce((scope) => step(scope, 'ring', () => ring))).view.error?.code, 'INVALID_OUTPUT')
  })

  it('keeps huge and unicode results through a crash', async () => {
    const huge = '🦜é\u2028'.repeat(200_000)
    const { bed, run } = await runThroughDeath(async (scope) => {
      const text = await step(scope, 'huge', () => huge)
      await scope.ask('go', { question: '?', schema: {} })
      return text === huge
    })
    await bed.idle()
    await bed.service.answer(bed.caller, run, 'go', 1)
    assert.equal((await bed.finish(run)).output, true)
  })

  it('fails the run with what it threw, of whatever kind', async () => {
    const ring = new Error('ring')
    ring.cause = ring
    const details = { count: 1n }
    const reasons = [
      'text',
      undefined,
      null,
      7,
      Object.freeze({ a: 1 }),
      Object.freeze(new TypeError('t')),
      ring,
      Symbol('s'),
    ]
    for (const reason of [...reasons, new PolisError('STEP_FAILED', 'big', { details })]) {
      const { view } = await runOnce((scope) => step(scope, 'bad', () => Promise.reject(reason), { attempts: 1 }))
      assert.equal(view.status, 'failed')
      assert.equal(view.error?.code, 'STEP_FAILED')
      const thrown = await runOnce(async () => Promise.reject(reason))
      assert.equal(thrown.view.status, 'failed')
    }
  })

  it('fails the run without a secret that it repeats, in whatever is shown of the run', async () => {
    const { view, bed, run } = await runOnce(async () => {
      throw new Error('GET https://host/?api_key=of-someone failed')
    })
    assert.equal(view.reason, 'GET https://host/?api_key=[redacted] failed')
    assert.doesNotMatch(JSON.stringify([view, await bed.entries(run)]), /of-someone/)
  })

  it('is repeated with backoff, and remembers across a crash when and how often', async () => {
    const attempts: number[] = []
    const { bed, run } = await runThroughDeath((scope) =>
      step(
        scope,
        'flaky',
        ({ attempt }) => {
          attempts.push(attempt)
          if (attempt < 3) throw new Error('not yet')
          return bed.clock.now()
        },
        { delay: 60_000, maxDelay: 1e9, factor: 2 },
      ),
    )
    const view = await bed.finish(run)
    assert.deepEqual(attempts, [1, 2, 3])
    assert.equal(Number(view.output) - view.createdAt, 180_000)
  })

  it('that takes too long is aborted, and fails with STEP_TIMEOUT', async () => {
    let aborted = false
    const { view } = await runOnce((scope) =>
      step(
        scope,
        'slow',
        ({ signal }) => {
          signal.addEventListener('abort', () => (aborted = true))
          return forever()
        },
        { timeout: 5000, attempts: 1 },
      ),
    )
    assert.deepEqual([view.error?.code, aborted], ['STEP_TIMEOUT', true])
  })

  it('of effect once has its intent recorded before the call, and is never called again by itself (G3)', async () => {
    const seen: boolean[] = []
    const policies = { ask: 'suspended', fail: 'failed', retry: 'completed' } as const
    for (const [uncertain, status] of Object.entries(policies)) {
      let calls = 0
      const bed = createBed({
        agents: {
          agent: (scope) =>
            step(
              scope,
              'pay',
              async () => {
                seen.push((await bed.kinds(scope.record.run)).includes('step-started'))
                return ++calls === 1 ? forever() : calls
              },
              { effect: 'once', uncertain: uncertain as keyof typeof policies },
            ),
        },
      })
      const first = await bed.open()
      const run = await bed.submit(null)
      await bed.idle()
      first.kill()
      await bed.open()
      await bed.pass(1000)
      const view = await bed.service.run(bed.caller, run)
      assert.equal(view.status, status)
      assert.equal(calls, uncertain === 'retry' ? 2 : 1)
      if (uncertain === 'fail') assert.equal(view.error?.code, 'STEP_UNCERTAIN')
      if (uncertain !== 'ask') continue
      await assert.rejects(bed.service.answer(bed.caller, run, 'pay', 'yes'), { code: 'INVALID_INPUT' })
      await bed.service.answer(bed.caller, run, 'pay', { action: 'done', output: 'paid' })
      assert.equal((await bed.finish(run)).output, 'paid')
      assert.equal(calls, 1)
    }
    assert.ok(seen.every((recorded) => recorded))
  })

  it('that is cut off again is asked about anew: a late answer on the first time is refused (G3)', async () => {
    let calls = 0
    const bed = createBed({
      agents: { agent: (scope) => step(scope, 'pay', () => (++calls > 2 ? calls : forever()), { effect: 'once' }) },
    })
    let process = await bed.open()
    const run = await bed.submit(null)
    const crash = async () => {
      await bed.idle()
      process.kill()
      process = await bed.open()
      await bed.pass(1000)
    }
    const open = async () => (await bed.service.questions(bed.caller, {}, { limit: 10 })).items.map(({ id }) => id)
    await crash()
    assert.deepEqual(await open(), ['pay'])
    await crash()
    assert.deepEqual(await open(), ['pay'])
    await bed.service.answer(bed.caller, run, 'pay', { action: 'retry' })
    await crash()
    assert.deepEqual(await open(), ['pay@2'])
    const late = bed.service.answer(bed.caller, run, 'pay', { action: 'done', output: 'late' })
    await assert.rejects(late, { code: 'ALREADY_ANSWERED' })
    await bed.service.answer(bed.caller, run, 'pay@2', { action: 'retry' })
    assert.equal((await bed.finish(run)).output, 3)
    const again = bed.service.answer(bed.caller, run, 'pay@2', { action: 'retry' })
    await assert.rejects(again, { code: 'ALREADY_ENDED' })
  })

  it('may fail as often as its terms say, however many attempts crashes cut off', async () => {
    let calls = 0
    const bed = createBed({
      agents: {
        agent: (scope) =>
          step(scope, 'pay', () => (++calls < 3 ? forever() : Promise.reject(new Error(`no ${calls}`))), {
            ...{ effect: 'once', uncertain: 'retry', attempts: 2 },
          }),
      },
    })
    let process = await bed.open()
    const run = await bed.submit(null)
    for (let crash = 0; crash < 2; crash++) {
      await bed.idle()
      process.kill()
      process = await bed.open()
      await bed.pass(600)
    }
    assert.equal((await bed.finish(run)).error?.message, 'no 4')
  })

  it('that is aborted by a hand-over is not taken to have failed (G6)', async () => {
    let calls = 0
    const bed = createBed({
      agents: {
        agent: (scope) =>
          step(
            scope,
            'long',
            ({ signal }) => {
              if (++calls > 1) return 'done'
              return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))))
            },
            { attempts: 1 },
          ),
      },
    })
    const first = await bed.open()
    const run = await bed.submit(null)
    await bed.idle()
    const stopped = first.worker.stop({ timeout: 100 })
    await bed.pass(2000)
    await stopped
    await bed.open()
    assert.equal((await bed.finish(run)).output, 'done')
    assert.ok(!(await bed.kinds(run)).includes('step-failed'))
  })

  it('whose terms cannot be found out fails, however that fails', async () => {
    const effects = [
      () => Promise.reject(new Error('no')),
      () => {
        throw new Error('no')
      },
    ]
    for (const effect of effects) {
      const { view } = await runOnce((scope) => step(scope, 'x', () => 1, { effect, attempts: 1 }))
      assert.equal(view.error?.code, 'STEP_FAILED')
    }
  })
})
