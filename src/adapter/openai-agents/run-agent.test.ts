import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  Agent,
  type Model,
  type ModelProvider,
  type ModelRequest,
  Runner,
  run,
  setTracingDisabled,
  tool,
  Usage,
} from '@openai/agents'
import { z } from 'zod'
import { defineAgent } from '../../agent/define-agent.ts'
import { testAgent } from '../../agent/testing/test-agent.ts'
import { runOpenAiAgent } from './run-agent.ts'

setTracingDisabled(true)

type Output = Awaited<ReturnType<Model['getResponse']>>['output']

/** Answers what the function makes of the request; the same for the same request, as a recorded answer would be. */
function modelOf(respond: (request: ModelRequest) => Output): Model {
  const usage = () => new Usage({ requests: 1, inputTokens: 10, outputTokens: 5, totalTokens: 15 })
  return {
    getResponse: async (request) => ({ output: respond(request), usage: usage(), responseId: 'r' }),
    async *getStreamedResponse(request) {
      const [first] = respond(request)
      if (first?.type === 'message' && first.role === 'assistant' && first.content[0]?.type === 'output_text')
        yield { type: 'output_text_delta', delta: first.content[0].text }
      const { requests, inputTokens, outputTokens, totalTokens } = usage()
      yield {
        type: 'response_done',
        response: {
          id: 'r',
          output: respond(request) as never,
          usage: { requests, inputTokens, outputTokens, totalTokens },
        },
      }
    },
  }
}

function says(text: string): Output {
  return [{ type: 'message', role: 'assistant', status: 'completed', content: [{ type: 'output_text', text }] }]
}

function calls(...named: readonly (readonly [name: string, input: unknown])[]): Output {
  return named.map(([name, input], at) => ({
    type: 'function_call',
    callId: `${name}-${at}`,
    name,
    status: 'completed',
    arguments: JSON.stringify(input),
  }))
}

/** What tools answered so far. */
function heard({ input }: ModelRequest): string[] {
  if (typeof input === 'string') return []
  return input.flatMap((item) =>
    item.type === 'function_call_result' &&
    !item.name.startsWith('transfer_') &&
    typeof item.output === 'object' &&
    'text' in item.output
      ? [String(item.output.text)]
      : [],
  )
}

const weather = tool({
  name: 'weather',
  description: 'Tells the weather of a city.',
  parameters: z.object({ city: z.string() }),
  execute: async ({ city }) => `${city} is sunny`,
})

const forecaster = modelOf((request) => {
  const known = heard(request)
  return known.length === 0
    ? calls(['weather', { city: 'Paris' }], ['weather', { city: 'Rome' }])
    : says(known.join(', '))
})

const read = { tools: { weather: { effect: 'read' }, book: { effect: 'read' } } } as const

function durable(agent: Agent, terms: Parameters<typeof runOpenAiAgent>[3] = read) {
  return defineAgent({
    name: 'openai',
    run: async (context) => (await runOpenAiAgent(context, agent, 'How is the weather?', terms)).finalOutput,
  })
}

test('Model and tool calls of an agent become steps, and a crash at any moment changes nothing', async () => {
  const agent = new Agent({ name: 'Forecaster', model: forecaster, tools: [weather] })
  const run = await testAgent(durable(agent), { input: {}, crash: { everyStep: true } })
  assert.equal(run.output, 'Paris is sunny, Rome is sunny')
  assert.deepEqual([...run.steps.keys()], ['model', 'weather', 'weather#2', 'model#2'])
})

test('A model that is named is asked of the provider of the runner', async () => {
  const modelProvider: ModelProvider = { getModel: () => forecaster }
  const agent = new Agent({ name: 'Forecaster', model: 'gpt-5', tools: [weather] })
  const runner = new Runner({ modelProvider })
  const run = await testAgent(durable(agent, { ...read, runner }), { input: {}, crash: { everyStep: true } })
  assert.equal(run.output, 'Paris is sunny, Rome is sunny')
})

test('A streamed answer is recorded whole', async () => {
  const agent = new Agent({ name: 'Forecaster', model: forecaster, tools: [weather] })
  const run = await testAgent(durable(agent, { ...read, stream: true }), { input: {}, crash: { everyStep: true } })
  assert.equal(run.output, 'Paris is sunny, Rome is sunny')
})

test('An agent that is handed off to has its calls recorded too', async () => {
  const specialist = new Agent({ name: 'Specialist', model: forecaster, tools: [weather] })
  const triage = new Agent({
    name: 'Triage',
    model: modelOf(() => calls(['transfer_to_Specialist', {}])),
    handoffs: [specialist],
  })
  const run = await testAgent(durable(triage), { input: {}, crash: { everyStep: true } })
  assert.equal(run.output, 'Paris is sunny, Rome is sunny')
  assert.deepEqual([...run.steps.keys()], ['model', 'model#2', 'weather', 'weather#2', 'model#3'])
})

test('Agents as tools run in branches of their own, at once, and each of their calls is a step', async () => {
  const inner = new Agent({ name: 'Inner', model: forecaster, tools: [weather] })
  const ask = inner.asTool({ toolName: 'ask', toolDescription: 'Asks the inner agent.' })
  const outer = new Agent({
    name: 'Outer',
    tools: [ask],
    model: modelOf((request) => {
      const known = heard(request)
      return known.length === 0 ? calls(['ask', { input: 'a' }], ['ask', { input: 'b' }]) : says(known.join('; '))
    }),
  })
  const run = await testAgent(durable(outer), { input: {}, crash: { everyStep: true }, timeout: '30s' })
  assert.equal(run.output, 'Paris is sunny, Rome is sunny; Paris is sunny, Rome is sunny')
  assert.deepEqual([...run.steps.keys()].toSorted(), [
    'Inner#2/model',
    'Inner#2/model#2',
    'Inner#2/weather',
    'Inner#2/weather#2',
    'Inner/model',
    'Inner/model#2',
    'Inner/weather',
    'Inner/weather#2',
    'model',
    'model#2',
  ])
})

const book = tool({
  name: 'book',
  description: 'Books a trip.',
  parameters: z.object({ city: z.string() }),
  needsApproval: true,
  execute: async ({ city }) => `booked ${city}`,
})
const booker = new Agent({
  name: 'Booker',
  tools: [book],
  model: modelOf((request) =>
    heard(request).length === 0 ? calls(['book', { city: 'Rome' }]) : says(heard(request).join()),
  ),
})

test('A tool that needs approval becomes a question, and is called or not as the answer says', async () => {
  let asked: unknown
  const yes = await testAgent(durable(booker), {
    input: {},
    crash: { everyStep: true },
    answers: ({ about }) => {
      asked = about
      return true
    },
  })
  assert.equal(yes.output, 'booked Rome')
  assert.deepEqual(asked, { tool: 'book', args: { city: 'Rome' } })
  const no = await testAgent(durable(booker), {
    input: {},
    answers: { approve: { decision: 'decline', comment: 'Too far' } },
  })
  assert.equal(no.output, 'Too far')
  assert.equal(no.steps.has('book'), false)
})

test('An approval that an agent used as a tool needs is asked for, and that agent goes on', async () => {
  const outer = new Agent({
    name: 'Outer',
    tools: [booker.asTool({ toolName: 'ask', toolDescription: 'Asks the booker.' })],
    model: modelOf((request) =>
      heard(request).length === 0 ? calls(['ask', { input: 'a' }]) : says(heard(request).join()),
    ),
  })
  const run = await testAgent(durable(outer), {
    input: {},
    crash: { everyStep: true },
    answers: { approve: { decision: 'approve' } },
  })
  assert.equal(run.output, 'booked Rome')
})

test('An agent that a function of a tool runs is part of the tool', async () => {
  const inner = new Agent({ name: 'Inner', model: forecaster, tools: [weather] })
  const ask = tool({
    name: 'book',
    description: 'Asks.',
    parameters: z.object({}),
    execute: async () => (await run(inner, 'How?')).finalOutput,
  })
  const outer = new Agent({
    name: 'Outer',
    tools: [ask],
    model: modelOf((request) => (heard(request).length === 0 ? calls(['book', {}]) : says(heard(request).join()))),
  })
  const found = await testAgent(durable(outer), { input: {}, crash: { everyStep: true } })
  assert.equal(found.output, 'Paris is sunny, Rome is sunny')
  assert.deepEqual([...found.steps.keys()], ['model', 'book', 'model#2'])
})

test('Outside of durable runs the SDK does what it did before', async () => {
  const agent = new Agent({ name: 'Forecaster', model: forecaster, tools: [weather] })
  assert.equal((await run(agent, 'How?')).finalOutput, 'Paris is sunny, Rome is sunny')
})

test('Anything that is no agent is refused, with what to look for', async () => {
  const run = await testAgent(durable({ name: 'not an agent' } as never), { input: {} })
  assert.equal(run.error?.code, 'INVALID_ARGUMENT')
  assert.match(run.error?.message ?? '', /npm ls @openai\/agents/)
})
