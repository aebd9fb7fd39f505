import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { defineAgent } from '../define-agent.ts'
import { testAgent } from '../testing/test-agent.ts'
import type { TestQuestion } from '../testing/test-options.ts'
import { type Approval, tool } from '../tool.ts'
import { fakeModels, toolCall } from './fake/fake-models.ts'

const input = z.object({ to: z.string(), cents: z.number().int() })

function payer(approval: Approval<z.infer<typeof input>>) {
  const pay = tool({
    name: 'pay',
    description: 'Pays.',
    input,
    approval,
    run: ({ to, cents }) => `paid ${to} ${cents}`,
  })
  return defineAgent({ name: 'payer', model: 'fake/one', tools: [pay] })
}

/** Calls the tool once, and answers what came back. */
const models = fakeModels(({ messages }) => {
  const last = messages.at(-1)
  if (last?.role !== 'tool') return [toolCall('pay', { to: 'Ada', cents: 500 })]
  const [result] = last.content
  return `${result?.output.kind}: ${JSON.stringify(result?.output.value)}`
})

async function answer(approval: Approval<z.infer<typeof input>>, given?: unknown) {
  const asked: TestQuestion[] = []
  const answers = (question: TestQuestion) => {
    // After a crash in the call the engine asks what became of it, which the test knows.
    if (question.id !== 'approve') return undefined
    asked.push(question)
    return given
  }
  const run = await testAgent(payer(approval), { input: 'Pay Ada', models, answers, crash: { everyStep: true } })
  return { run, output: run.output, asked }
}

describe('approval of a call', () => {
  it('asks a human with the arguments shown, and calls once it is given', async () => {
    const { output, asked, run } = await answer('always', true)
    assert.equal(output, 'text: "paid Ada 500"')
    assert.equal(asked[0]?.question, 'May payer call pay?')
    assert.deepEqual(asked[0]?.about, { tool: 'pay', args: { to: 'Ada', cents: 500 } })
    assert.deepEqual([...run.steps.keys()], ['model', 'approve', 'pay', 'model#2'])
  })

  it('that is declined calls nothing, and the comment is for the model', async () => {
    const { output, run } = await answer('always', { decision: 'decline', comment: 'too much' })
    assert.equal(output, 'error: "A human declined this call: too much"')
    assert.equal(run.steps.has('pay'), false)
    assert.match((await answer('always', false)).output, /declined this call\. Do not make it again/)
  })

  it('may change the arguments, which the model is told', async () => {
    const args = { to: 'Ada', cents: 5 }
    const { output } = await answer('always', { decision: 'approve', args })
    const note = 'A human changed the arguments of this call before it was made'
    assert.equal(output, `json: ${JSON.stringify({ note, args, result: 'paid Ada 5' })}`)
  })

  it('asks again when changed arguments do not fit the tool', async () => {
    let asked = 0
    const answers = ({ question }: TestQuestion) => {
      asked += 1
      if (asked === 1) return { decision: 'approve', args: { to: 'Ada', cents: 'few' } }
      assert.match(question, /the last answer was not accepted: .*cents/)
      return { decision: 'approve', args: { to: 'Ada', cents: 1 } }
    }
    const run = await testAgent(payer('always'), { input: 'Pay', models, answers })
    assert.match(run.output, /paid Ada 1"/)
    assert.equal(asked, 2)
  })

  it('is wanted unless what it depends on says a clear no', async () => {
    for (const odd of [1, 'yes', undefined]) {
      const { asked, output } = await answer((() => odd) as unknown as () => boolean, false)
      assert.equal(asked.length > 0, true)
      assert.match(output, /^error: .*declined/)
    }
  })

  it('may depend on the arguments: what was decided is recorded', async () => {
    const above = (limit: number) => answer(({ cents }, { tool }) => tool === 'pay' && cents > limit, true)
    const asked = await above(100)
    assert.deepEqual([...asked.run.steps.keys()], ['model', 'approval', 'approve', 'pay', 'model#2'])
    assert.equal(asked.run.steps.get('approval')?.output, true)
    const free = await above(1000)
    assert.deepEqual([...free.run.steps.keys()], ['model', 'approval', 'pay', 'model#2'])
  })
})
