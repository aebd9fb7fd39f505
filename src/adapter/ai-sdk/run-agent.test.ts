import assert from 'node:assert/strict'
import { test } from 'node:test'
import { APICallError, generateText, ToolLoopAgent, tool } from 'ai'
import { MockLanguageModelV4 } from 'ai/test'
import { z } from 'zod'
import { defineAgent } from '../../agent/define-agent.ts'
import { testAgent } from '../../agent/testing/test-agent.ts'
import { durableModel } from './durable-model.ts'
import { durableTools } from './durable-tools.ts'
import { runAiSdkAgent } from './run-agent.ts'

type Answer = Awaited<ReturnType<MockLanguageModelV4['doGenerate']>>
type Prompt = Parameters<MockLanguageModelV4['doGenerate']>[0]['prompt']

const usage = {
  inputTokens: { total: 10, noCache: 10, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 5, text: 5, reasoning: 0 },
}

function call(id: string, toolName: string, input: unknown) {
  return { type: 'tool-call' as const, toolCallId: id, toolName, input: JSON.stringify(input) }
}

function answer(content: Answer['content']): Answer {
  const unified = content.some(({ type }) => type === 'tool-call') ? ('tool-calls' as const) : ('stop' as const)
  return { content, finishReason: { unified, raw: unified }, usage, warnings: [] }
}

/** Asks for two cities at once, then for a third, then says what it heard. */
function weatherModel() {
  return new MockLanguageModelV4({
    async doGenerate({ prompt }) {
      const results = resultsIn(prompt)
      if (results.length === 0)
        return answer([call('1', 'weather', { city: 'Paris' }), call('2', 'weather', { city: 'Rome' })])
      if (results.length === 2) return answer([call('3', 'weather', { city: 'Oslo' })])
      return answer([{ type: 'text', text: results.join(', ') }])
    },
  })
}

function resultsIn(prompt: Prompt): string[] {
  return prompt.flatMap((message) =>
    message.role === 'tool'
      ? message.content.flatMap((part) =>
          part.type === 'tool-result' && part.output.type === 'text' ? [part.output.value] : [],
        )
      : [],
  )
}

const calls: string[] = []
const weather = tool({
  description: 'Tells the weather of a city.',
  inputSchema: z.object({ city: z.string() }),
  async execute({ city }) {
    calls.push(city)
    return `${city} is sunny`
  },
})

function agentOf(model: MockLanguageModelV4, terms: Parameters<typeof runAiSdkAgent>[3] = {}) {
  const inner = new ToolLoopAgent({ model, tools: { weather }, instructions: 'Be brief.' })
  return defineAgent({
    name: 'weather',
    input: z.object({ question: z.string() }),
    async run(context, { question }) {
      const { text } = await runAiSdkAgent(context, inner, question, terms)
      return text
    },
  })
}

const read = { tools: { weather: { effect: 'read' } } } as const

test('Model and tool calls of an agent become steps of the run', async () => {
  const run = await testAgent(agentOf(weatherModel()), { input: { question: 'How is the weather?' } })
  assert.equal(run.output, 'Paris is sunny, Rome is sunny, Oslo is sunny')
  assert.deepEqual([...run.steps.keys()], ['model', 'weather', 'weather#2', 'model#2', 'weather#3', 'model#3'])
})

test('A crash at any moment changes nothing', async () => {
  const run = await testAgent(agentOf(weatherModel(), read), {
    input: { question: 'How?' },
    crash: { everyStep: true },
  })
  assert.equal(run.output, 'Paris is sunny, Rome is sunny, Oslo is sunny')
  assert.ok(run.crashes > 10)
})

test('A streamed answer is recorded whole, and a crash at any moment changes nothing', async () => {
  const model = new MockLanguageModelV4({
    doStream: async ({ prompt }) => ({
      stream: new ReadableStream({
        start(controller) {
          const heard = resultsIn(prompt)
          controller.enqueue({ type: 'stream-start', warnings: [] })
          if (heard.length === 0) controller.enqueue(call('1', 'weather', { city: 'Paris' }))
          else {
            controller.enqueue({ type: 'text-start', id: 't' })
            for (const word of heard[0]?.split(' ') ?? [])
              controller.enqueue({ type: 'text-delta', id: 't', delta: word })
            controller.enqueue({ type: 'text-end', id: 't' })
          }
          const unified = heard.length === 0 ? ('tool-calls' as const) : ('stop' as const)
          controller.enqueue({ type: 'finish', usage, finishReason: { unified, raw: unified } })
          controller.close()
        },
      }),
    }),
  })
  const agent = agentOf(model, { ...read, stream: true })
  const run = await testAgent(agent, { input: { question: 'How?' }, crash: { everyStep: true } })
  assert.equal(run.output, 'Parisissunny')
  const parts = run.steps.get('model#2')?.output as { type: string }[]
  assert.deepEqual(
    parts.map(({ type }) => type),
    ['stream-start', 'text-start', 'text-delta', 'text-end', 'finish'],
  )
})

test('A stream that is cut off is asked for again', async () => {
  let attempts = 0
  const model = new MockLanguageModelV4({
    doStream: async () => ({
      stream: new ReadableStream({
        start(controller) {
          attempts += 1
          controller.enqueue({ type: 'text-start', id: 't' })
          controller.enqueue({ type: 'text-delta', id: 't', delta: 'Sunny' })
          controller.enqueue({ type: 'text-end', id: 't' })
          if (attempts > 1)
            controller.enqueue({ type: 'finish', usage, finishReason: { unified: 'stop', raw: 'stop' } })
          controller.close()
        },
      }),
    }),
  })
  const run = await testAgent(agentOf(model, { stream: true }), { input: { question: 'How?' } })
  assert.equal(run.output, 'Sunny')
  assert.equal(run.steps.get('model')?.attempts, 2)
})

test('A stream that says nothing, not even why it ended, is asked for again', async () => {
  let attempts = 0
  const nothing = { inputTokens: { total: undefined }, outputTokens: { total: undefined } }
  const model = new MockLanguageModelV4({
    doStream: async () => ({
      stream: new ReadableStream({
        start(controller) {
          attempts += 1
          // What a provider's package makes of a 200 whose body is no stream of events.
          const parts =
            attempts === 1
              ? [{ type: 'finish', usage: nothing, finishReason: { unified: 'other', raw: undefined } }]
              : [
                  ...[
                    { type: 'text-start', id: 't' },
                    { type: 'text-delta', id: 't', delta: 'Sunny' },
                  ],
                  ...[{ type: 'text-end', id: 't' }],
                  { type: 'finish', usage, finishReason: { unified: 'stop', raw: 'stop' } },
                ]
          for (const part of [{ type: 'stream-start', warnings: [] }, ...parts]) controller.enqueue(part as never)
          controller.close()
        },
      }),
    }),
  })
  const run = await testAgent(agentOf(model, { stream: true }), { input: { question: 'How?' } })
  assert.equal(run.output, 'Sunny')
  assert.equal(run.steps.get('model')?.attempts, 2)
})

test('What goes wrong in a stream is what the run fails with', async () => {
  const model = new MockLanguageModelV4({
    async doStream() {
      throw new APICallError({ message: 'no', url: 'http://model', requestBodyValues: {}, statusCode: 401 })
    },
  })
  const run = await testAgent(agentOf(model, { stream: true }), { input: { question: 'How?' } })
  assert.equal(run.error?.code, 'MODEL_FAILED')
})

test('A provider that is overloaded is asked again, one that refuses is not', async () => {
  let attempts = 0
  const failing = (statusCode: number) =>
    new MockLanguageModelV4({
      async doGenerate() {
        attempts += 1
        throw new APICallError({ message: 'no', url: 'http://model', requestBodyValues: {}, statusCode })
      },
    })
  const busy = await testAgent(agentOf(failing(503)), { input: { question: 'How?' } })
  assert.equal(busy.error?.code, 'MODEL_UNAVAILABLE')
  assert.equal(attempts, 3)
  const refused = await testAgent(agentOf(failing(401)), { input: { question: 'How?' } })
  assert.equal(refused.error?.code, 'MODEL_FAILED')
  assert.equal(attempts, 4)
})

test('A tool that needs approval becomes a question, and is called or not as the answer says', async () => {
  const book = tool({
    inputSchema: z.object({ city: z.string() }),
    needsApproval: true,
    execute: ({ city }) => `booked ${city}`,
  })
  const model = new MockLanguageModelV4({
    async doGenerate({ prompt }) {
      const said = prompt.some(({ role }) => role === 'tool')
      return said
        ? answer([{ type: 'text', text: resultsIn(prompt).join() || 'refused' }])
        : answer([call('1', 'book', { city: 'Rome' })])
    },
  })
  const inner = new ToolLoopAgent({ model, tools: { book } })
  const agent = defineAgent({
    name: 'booking',
    run: async (context) =>
      (await runAiSdkAgent(context, inner, 'Book it', { tools: { book: { effect: 'read' } } })).text,
  })
  let asked: unknown
  const yes = await testAgent(agent, {
    input: {},
    crash: { everyStep: true },
    answers: ({ about }) => {
      asked = about
      return true
    },
  })
  assert.equal(yes.output, 'booked Rome')
  assert.deepEqual(asked, { tool: 'book', args: { city: 'Rome' } })
  const no = await testAgent(agent, { input: {}, answers: { approve: { decision: 'decline', comment: 'too far' } } })
  assert.equal(no.output, 'refused')
  assert.equal(no.steps.has('book'), false)
})

test('A model in place of the one in a tool is part of the tool, not a step of its own', async () => {
  const agent = defineAgent({
    name: 'nested',
    async run(context) {
      const model = durableModel(context, weatherModel())
      const tools = durableTools(
        context,
        {
          ask: tool({
            inputSchema: z.object({}),
            execute: async () => (await generateText({ model, prompt: 'How?' })).toolCalls.length,
          }),
        },
        { tools: { ask: { effect: 'read' } } },
      )
      return tools.ask.execute?.({}, { toolCallId: '1', messages: [], context: {} })
    },
  })
  const run = await testAgent(agent, { input: {}, crash: { everyStep: true } })
  assert.equal(run.output, 2)
  assert.deepEqual([...run.steps.keys()], ['ask'])
})

test('Terms of a tool that the agent does not have are refused, with those that it has', async () => {
  const agent = agentOf(weatherModel(), { tools: { wether: { effect: 'read' } } })
  const run = await testAgent(agent, { input: { question: 'How?' } })
  assert.equal(run.error?.code, 'INVALID_ARGUMENT')
  assert.match(run.error?.message ?? '', /\(weather\), got wether/)
})

test('A prompt that is never the same diverges, unless prompts are not to be checked', async () => {
  let now = 0
  const agent = (checkPrompts: boolean) =>
    defineAgent({
      name: 'clock',
      async run(context) {
        now += 1
        const inner = new ToolLoopAgent({ model: weatherModel(), tools: { weather }, instructions: `It is ${now}` })
        return (await runAiSdkAgent(context, inner, 'How?', { ...read, checkPrompts })).text
      },
    })
  const crash = { after: 'model' }
  const checked = await testAgent(agent(true), { input: {}, crash })
  assert.equal(checked.status, 'diverged')
  const unchecked = await testAgent(agent(false), { input: {}, crash })
  assert.equal(unchecked.status, 'completed')
})
