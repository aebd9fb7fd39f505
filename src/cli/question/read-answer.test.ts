import assert from 'node:assert/strict'
import { test } from 'node:test'
import { editable, readAnswer, readEdited } from './read-answer.ts'

const plan = { type: 'object', properties: { plan: { enum: ['small', 'large'] } }, required: ['plan'] }
const options = [{ value: { plan: 'small' }, label: 'Small one' }, { value: { plan: 'large' } }]
const approval = {
  schema: {
    anyOf: [
      { type: 'boolean' },
      {
        type: 'object',
        properties: {
          decision: { enum: ['approve', 'decline'] },
          comment: { type: 'string' },
          args: { type: 'object' },
        },
        required: ['decision'],
      },
    ],
  },
  about: { tool: 'refund', args: { amount: 40 } },
}

test('An option is chosen by its number or its label; another answer that fits is taken as well', async () => {
  const question = { schema: plan, options }
  for (const typed of ['1', 'small ONE', 'small', '{"plan":"small"}'])
    assert.deepEqual(await readAnswer(typed, question), { plan: 'small' }, typed)
  assert.deepEqual(await readAnswer('2', question), { plan: 'large' })
  await assert.rejects(readAnswer('3', question), { code: 'INVALID_ARGUMENT' })
})

test('Who types what is no answer is told what would be', async () => {
  await assert.rejects(readAnswer('perhaps', approval), {
    code: 'INVALID_ARGUMENT',
    message: `answer: expected y or n, n with a reason, or JSON such as {"decision":"approve","args":{…}}; got 'perhaps'`,
  })
  const message = "answer: expected the number of an option (1-2), its label, or another answer that fits; got 'medium'"
  await assert.rejects(readAnswer('medium', { schema: plan, options }), { message })
})

test('What does not fit the schema is refused before it is sent', async () => {
  await assert.rejects(readAnswer('{"plan":"huge"}', { schema: plan }), { code: 'INVALID_INPUT', message: /plan/ })
  await assert.rejects(readEdited('{"plan":', { schema: plan }), { code: 'INVALID_ARGUMENT', message: /JSON/ })
})

test('An approval takes yes, no, no with a reason, and other arguments', async () => {
  assert.equal(await readAnswer('yes', approval), true)
  assert.equal(await readAnswer('n', approval), false)
  assert.deepEqual(await readAnswer('no, too much', approval), { decision: 'decline', comment: 'too much' })
  assert.equal(editable(approval), '{"amount":40}')
  assert.deepEqual(await readEdited('{"amount":5}', approval), { decision: 'approve', args: { amount: 5 } })
})

test('An answer of several properties is edited from an example of its shape', () => {
  const properties = { plan: { enum: ['small'] }, seats: { type: 'integer' }, note: { type: 'string', default: '-' } }
  assert.equal(editable({ schema: { type: 'object', properties } }), '{"plan":"small","seats":0,"note":"-"}')
  assert.equal(editable({ schema: { type: 'string' } }), undefined)
})

test('What is edited brings nothing that a terminal would act upon, and is the same JSON', () => {
  const args = { note: 'a\u009b31m\u202eb\x7f\n' }
  const text = editable({ ...approval, about: { tool: 'refund', args } }) ?? ''
  assert.doesNotMatch(text, /[\p{Cc}\u202e]/u)
  assert.deepEqual(JSON.parse(text), args)
})
