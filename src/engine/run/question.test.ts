import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createBed } from '../fake/test-bed.ts'
import type { AskTerms } from '../scope.ts'

const number = { type: 'number' }

async function openBed(terms: Partial<AskTerms> = {}) {
  const bed = createBed({ agents: { agent: (scope) => scope.ask('q', { question: '?', schema: number, ...terms }) } })
  await bed.open()
  const run = await bed.submit(null)
  await bed.idle()
  const answered = async () => (await bed.entries(run)).find(({ kind }) => kind === 'question-answered')?.data
  return { bed, run, answered }
}

describe('a question', () => {
  it('is listed with its options, its assignee and what happens at the deadline', async () => {
    const options = [{ value: 1, label: 'One', style: 'primary' as const }, { value: 2 }]
    const { bed, run } = await openBed({ options, assignee: 'finance', timeout: 1000, otherwise: { answer: 0 } })
    const { items } = await bed.service.questions(bed.caller, { assignee: 'finance' }, { limit: 5 })
    const { askedAt, ...question } = items[0] ?? assert.fail('it is not listed')
    assert.deepEqual(question, {
      ...{ run, agent: 'agent', id: 'q', question: '?', schema: number },
      ...{ options, assignee: 'finance', deadline: askedAt + 1000, otherwise: { answer: 0 } },
    })
    assert.deepEqual((await bed.service.questions(bed.caller, { assignee: 'sales' }, { limit: 5 })).items, [])
    assert.deepEqual(await bed.service.question(bed.caller, run, 'q'), items[0])
  })

  it('takes what its deadline says as the answer, recorded as the deadline’s, in memory or not', async () => {
    for (const timeout of [50, 60_000]) {
      const { bed, run, answered } = await openBed({ timeout, otherwise: { answer: 7 } })
      const view = await bed.finish(run)
      assert.deepEqual([view.status, view.output], ['completed', 7])
      assert.deepEqual(await answered(), {
        id: 'q',
        index: 0,
        hash: hashOf(await bed.entries(run)),
        answer: 7,
        byDeadline: true,
      })
      assert.deepEqual((await bed.service.questions(bed.caller, {}, { limit: 5 })).items, [])
    }
  })

  it('prefers an answer that came before the deadline passed', async () => {
    const { bed, run, answered } = await openBed({ timeout: 50, otherwise: { answer: 7 } })
    await bed.service.answer(bed.caller, run, 'q', 1)
    bed.clock.advance(50)
    assert.equal((await bed.finish(run)).output, 1)
    assert.equal((await bed.kinds(run)).filter((kind) => kind === 'question-answered').length, 1)
    assert.equal(((await answered()) as { byDeadline?: true }).byDeadline, undefined)
  })

  it('records who answered, and when it was given though it was recorded later', async () => {
    const { bed, run, answered } = await openBed()
    await bed.pass(500)
    const at = bed.clock.now()
    await bed.service.answer({ ...bed.caller, by: 'ada' }, run, 'q', 1)
    bed.clock.advance(10_000)
    await bed.finish(run)
    const { by, at: given } = (await answered()) as { by?: string; at?: number }
    assert.deepEqual([by, given], ['ada', at])
  })

  it('that is answered says so, by whom and when, to the one who is late', async () => {
    const bed = createBed({
      agents: {
        agent: async (scope) => {
          await scope.ask('q', { question: '?', schema: number })
          await scope.receive('go', undefined)
        },
      },
    })
    await bed.open()
    const run = await bed.submit(null)
    await bed.idle()
    await bed.service.answer({ ...bed.caller, by: 'ada' }, run, 'q', 1)
    const at = bed.clock.now()
    await bed.idle()
    const late = { code: 'ALREADY_ANSWERED', message: /answered by ada at/, details: { by: 'ada', at } }
    await assert.rejects(bed.service.answer(bed.caller, run, 'q', 2), late)
    await assert.rejects(bed.service.question(bed.caller, run, 'q'), late)
    await assert.rejects(bed.service.question(bed.caller, run, 'nothing'), { code: 'NOT_FOUND' })
  })

  it('comes to the same end when the process dies as its deadline passes', async () => {
    const bed = createBed({
      agents: {
        agent: (scope) => scope.ask('q', { question: '?', schema: number, timeout: 50, otherwise: { answer: 7 } }),
      },
    })
    const first = await bed.open()
    const run = await bed.submit(null)
    await bed.idle()
    first.kill()
    bed.clock.advance(60)
    await bed.open()
    assert.equal((await bed.finish(run)).output, 7)
  })
})

function hashOf(entries: readonly { readonly data: object }[]): unknown {
  return entries.flatMap(({ data }) => ('hash' in data ? [data.hash] : []))[0]
}
