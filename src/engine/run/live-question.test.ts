import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type AgentCode, createBed, step } from '../fake/test-bed.ts'

const TERMS = { question: 'Which city?', schema: { type: 'string' } }

function bedOf(code: AgentCode) {
  return createBed({ agents: { agent: code } })
}

async function openQuestions(bed: ReturnType<typeof createBed>) {
  return (await bed.service.questions(bed.caller, {}, { limit: 10 })).items.map(({ id }) => id)
}

describe('a question of an executing step', () => {
  it('is answered while the step waits, and its answer is in the journal', async () => {
    const bed = bedOf((scope) => step(scope, 'call', async (call) => `to ${await call.ask(TERMS)}`))
    await bed.open()
    const run = await bed.submit(null)
    await bed.idle()
    assert.deepEqual(await openQuestions(bed), ['call.ask'])
    await bed.service.answer(bed.caller, run, 'call.ask', 'Brno')
    assert.equal((await bed.finish(run)).output, 'to Brno')
    const kinds = (await bed.entries(run)).map(({ kind }) => kind).filter((kind) => kind.startsWith('step'))
    assert.deepEqual(kinds, ['step-asked', 'step-answered', 'step-completed'])
    await assert.rejects(bed.service.answer(bed.caller, run, 'call.ask', 'Praha'), { code: 'ALREADY_ENDED' })
  })

  it('stops the clock of its step, but not its own', async () => {
    const bed = bedOf((scope) =>
      step(scope, 'call', (call) => call.ask({ ...TERMS, timeout: 500_000 }), { timeout: 1000, attempts: 1 }),
    )
    await bed.open()
    const run = await bed.submit(null)
    await bed.idle()
    bed.clock.advance(499_000)
    await bed.idle()
    assert.deepEqual(await openQuestions(bed), ['call.ask'])
    bed.clock.advance(1000)
    const { error } = await bed.finish(run)
    assert.match(error?.message ?? '', /no answer to question call\.ask within/)
    assert.deepEqual(await openQuestions(bed), [])
  })

  it('Invariant 1: is withdrawn when its step ends without it', async () => {
    const bed = bedOf(async (scope) => {
      await step(scope, 'call', async (call) => {
        call.ask(TERMS).catch(() => {})
        await Promise.resolve()
        return 'did not wait'
      })
      return scope.ask('go', TERMS)
    })
    await bed.open()
    const run = await bed.submit(null)
    await bed.idle()
    assert.deepEqual(await openQuestions(bed), ['go'])
    await assert.rejects(bed.service.answer(bed.caller, run, 'call.ask', 'late'), { code: 'ALREADY_ANSWERED' })
  })

  it('Invariants 1 and 2: is withdrawn after a crash and asked again by the next attempt, under another id', async () => {
    const bed = bedOf((scope) => step(scope, 'call', (call) => call.ask(TERMS), { effect: 'read' }))
    const first = await bed.open()
    const run = await bed.submit(null)
    await bed.idle()
    first.kill()
    await bed.open()
    bed.clock.advance(60_000)
    await bed.idle()
    assert.deepEqual(await openQuestions(bed), ['call.ask#2'])
    await assert.rejects(bed.service.answer(bed.caller, run, 'call.ask', 'late'), { code: 'ALREADY_ANSWERED' })
    await bed.service.answer(bed.caller, run, 'call.ask#2', 'Brno')
    assert.equal((await bed.finish(run)).output, 'Brno')
  })

  it('Invariant 1: goes with a run that is cancelled', async () => {
    const bed = bedOf((scope) => step(scope, 'call', (call) => call.ask(TERMS)))
    await bed.open()
    const run = await bed.submit(null)
    await bed.idle()
    await bed.service.cancel(bed.caller, run, 'enough')
    assert.equal((await bed.finish(run)).status, 'cancelled')
    assert.deepEqual(await openQuestions(bed), [])
  })
})
