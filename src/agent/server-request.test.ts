import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { InputRequired } from '../core/server-question.ts'
import { defineAgent } from './define-agent.ts'
import { testAgent } from './testing/test-agent.ts'
import type { FakeToolCall, FakeTools } from './testing/test-options.ts'

const form = {
  type: 'object',
  properties: { city: { type: 'string' }, nights: { type: 'integer', default: 2 } },
  required: ['city', 'nights'],
}
const asked: InputRequired = {
  kind: 'input-required',
  questions: { where: { kind: 'form', message: 'Where to?', schema: form } },
  known: {},
  state: 'opaque',
}
const booking = defineAgent({ name: 'booking', run: (context) => context.tool('travel', 'book', { for: 'Eva' }) })

/** A tool that asks once, and then answers what it was given, through the arguments that the fake sees. */
function asking(given: unknown[]): FakeTools {
  return {
    travel: {
      book: {
        effect: 'idempotent',
        call: (_args: unknown, call: FakeToolCall) => {
          given.push(call.given)
          return call.given === undefined ? asked : { content: [], text: JSON.stringify(call.given.answers) }
        },
      },
    },
  }
}

test('What a server asks becomes a question to a human, and its answer goes along with the call made again', async () => {
  const given: unknown[] = []
  const questions: { id: string; question: string; schema: unknown; about?: unknown }[] = []
  const { output, steps } = await testAgent(booking, {
    input: {},
    tools: asking(given),
    answers: (question) => {
      questions.push(question)
      return { action: 'accept', content: { city: 'Brno' } }
    },
  })
  const answers = { where: { action: 'accept', content: { nights: 2, city: 'Brno' } } }
  assert.deepEqual(JSON.parse((output as { text: string }).text), answers)
  assert.deepEqual(given, [undefined, { answers, known: {}, state: 'opaque' }])
  assert.equal(questions[0]?.question, "Tool 'book' of MCP server 'travel' asks: Where to?")
  assert.deepEqual(questions[0]?.about, { server: 'travel', tool: 'book', args: { for: 'Eva' } })
  assert.deepEqual([...steps.keys()], ['travel.book', 'travel.book.ask', 'travel.book#2'])
})

test('The conversation with a server survives a crash at every step', async () => {
  const { status } = await testAgent(booking, {
    input: {},
    tools: () => asking([]),
    answers: { 'travel.book.ask': { action: 'decline' } },
    crash: { everyStep: true },
  })
  assert.equal(status, 'completed')
})

test('No answer in time is a cancel to the server; an answer that does not fit the form is refused', async () => {
  const hasty = defineAgent({
    name: 'hasty',
    run: (context) => context.tool('travel', 'book', {}, { questionTimeout: '1h' }),
  })
  const { output } = await testAgent(hasty, { input: {}, tools: asking([]) })
  assert.match((output as { text: string }).text, /"action":"cancel"/)
  const wrong = {
    input: {},
    tools: asking([]),
    answers: { 'travel.book.ask': { action: 'accept', content: { city: 7 } } },
  }
  await assert.rejects(async () => void (await testAgent(booking, wrong)), /city/)
})

test('A page to visit is shown with its address, and accepted without content', async () => {
  const visit: InputRequired = {
    ...asked,
    questions: { page: { kind: 'visit', message: 'Log in', url: 'https://example.org/login' } },
  }
  let shown = ''
  const { output } = await testAgent(booking, {
    input: {},
    tools: { travel: { book: (_args, call) => (call.given === undefined ? visit : 'booked') } },
    answers: ({ question }) => {
      shown = question
      return { action: 'accept' }
    },
  })
  assert.equal((output as { text: string }).text, 'booked')
  assert.match(shown, /Log in\nOpen https:\/\/example\.org\/login only if you trust/)
})

test('A form whose schema is none can still be answered', async () => {
  const odd: InputRequired = {
    ...asked,
    questions: { x: { kind: 'form', message: '', schema: { properties: { a: { type: 'no such type' } } } } },
  }
  const { output } = await testAgent(booking, {
    input: {},
    tools: { travel: { book: (_args, call) => (call.given === undefined ? odd : 'fine') } },
    answers: { 'travel.book.ask': { action: 'accept', content: { a: 1 } } },
  })
  assert.equal((output as { text: string }).text, 'fine')
})

test('Resources and prompts are read as steps, and a slash in a name makes no scope of its own', async () => {
  const reader = defineAgent({
    name: 'reader',
    async run(context) {
      const page = await context.resource('docs', 'file:///readme.md')
      const prompt = await context.prompt('docs', 'greet', { name: 'Eva' })
      const tool = await context.tool('docs', 'pages/count')
      return [page.text, prompt.text, tool.text]
    },
  })
  const { output, steps } = await testAgent(reader, {
    input: {},
    tools: {
      docs: {
        'file:///readme.md': { effect: 'read', call: () => '# Hello' },
        greet: { effect: 'read', call: (args: { name: string }) => `Hello, ${args.name}` },
        'pages/count': { effect: 'read', call: () => '12' },
      },
    },
  })
  assert.deepEqual(output, ['# Hello', 'Hello, Eva', '12'])
  assert.deepEqual([...steps.keys()], ['docs.resource', 'docs.prompt', 'docs.pages_count'])
})
