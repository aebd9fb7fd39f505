import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import type { AskOptions } from './context.ts'
import { defineAgent } from './define-agent.ts'
import { testAgent } from './testing/test-agent.ts'

const schema = z.object({ plan: z.enum(['a', 'b']) })

function asker(options: AskOptions) {
  return defineAgent({ name: 'asker', run: async (context) => (await context.ask('Which?', schema, options)).plan })
}

describe('context.ask', () => {
  it('takes what otherwise says when the deadline passes', async () => {
    const agent = asker({ timeout: '1d', otherwise: { answer: { plan: 'b' } } })
    const { status, output } = await testAgent(agent, { input: {} })
    assert.deepEqual([status, output], ['completed', 'b'])
  })

  it('takes an answer that is one of its options, and one that is not', async () => {
    const agent = asker({ options: [{ value: { plan: 'a' }, label: 'Plan A', style: 'primary' }] })
    for (const plan of ['a', 'b'])
      assert.equal((await testAgent(agent, { input: {}, answers: { ask: { plan } } })).output, plan)
  })

  const wrong: readonly (readonly [title: string, options: AskOptions, message: RegExp])[] = [
    ['an option whose value does not fit', { options: [{ value: { plan: 'c' } }] }, /options\[0\]\.value/],
    [
      'a style that there is not',
      { options: [{ value: { plan: 'a' }, style: 'red' as 'danger' }] },
      /options\[0\]\.style.*primary/,
    ],
    ['an empty list of options', { options: [] }, /options: expected a list of 1 to 50/],
    ['an assignee without letters', { assignee: ' ' }, /assignee: expected a text/],
    ['otherwise without a timeout', { otherwise: { answer: { plan: 'a' } } }, /otherwise: expected a timeout/],
    ['an answer of otherwise that does not fit', { timeout: '1h', otherwise: { answer: 1 } }, /otherwise\.answer/],
  ]
  for (const [title, options, message] of wrong) {
    it(`refuses ${title}, naming the option`, async () => {
      const { error } = await testAgent(asker(options), { input: {} })
      assert.equal(error?.code, 'INVALID_ARGUMENT')
      assert.match(error?.message ?? '', message)
    })
  }

  it('refuses a schema that is none, naming the argument', async () => {
    const agent = defineAgent({ name: 'asker', run: (context) => context.ask('Which?', 'a or b' as never) })
    const { error } = await testAgent(agent, { input: {} })
    assert.match(error?.message ?? '', /expected a schema of the answer, such as z\.boolean\(\).*got string/)
  })
})

describe('an asked question', () => {
  it('stands among the operations where it was asked, also with options', async () => {
    const agent = defineAgent({
      name: 'asker',
      run: (context) =>
        Promise.all([
          context.ask('Which?', schema, { options: [{ value: { plan: 'a' } }] }),
          context.step('after', () => 1, { effect: 'read' }),
        ]),
    })
    const { entries } = await testAgent(agent, {
      input: {},
      answers: { ask: { plan: 'a' } },
      crash: { everyStep: true },
    })
    const asked = entries.find(({ kind }) => kind === 'question-asked')?.data
    assert.equal((asked as { index?: number }).index, 0)
  })

  it('may have a schema that is asynchronous', async () => {
    const slow = z.object({ plan: z.string() }).refine(async ({ plan }) => plan !== 'c', 'no c')
    const asks = (plan: string) =>
      defineAgent({
        name: 'asker',
        run: async (context) => (await context.ask('Which?', slow, { options: [{ value: { plan } }] })).plan,
      })
    assert.equal((await testAgent(asks('a'), { input: {}, answers: { ask: { plan: 'b' } } })).output, 'b')
    assert.match((await testAgent(asks('c'), { input: {} })).error?.message ?? '', /options\[0\]\.value.*no c/)
  })
})

describe('context.session.title', () => {
  it('names the session; a text that is no title is refused', async () => {
    const agent = defineAgent({ name: 'namer', run: async (context) => context.session.title('  Invoices of May  ') })
    const { status, entries } = await testAgent(agent, { input: {}, session: {} })
    assert.equal(status, 'completed')
    const titled = entries.find(({ kind }) => kind === 'session-titled')?.data
    assert.equal((titled as { title?: string }).title, 'Invoices of May')
    const long = defineAgent({ name: 'namer', run: async (context) => context.session.title('x'.repeat(201)) })
    assert.equal((await testAgent(long, { input: {}, session: {} })).error?.code, 'INVALID_ARGUMENT')
  })
})
