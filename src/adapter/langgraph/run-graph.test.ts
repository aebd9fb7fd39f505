import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CallbackManagerForLLMRun } from '@langchain/core/callbacks/manager'
import { BaseChatModel } from '@langchain/core/language_models/chat_models'
import { AIMessage, AIMessageChunk, type BaseMessage, HumanMessage, type ToolMessage } from '@langchain/core/messages'
import { ChatGenerationChunk, type ChatResult } from '@langchain/core/outputs'
import { tool } from '@langchain/core/tools'
import {
  Annotation,
  Command,
  END,
  entrypoint,
  interrupt,
  MemorySaver,
  MessagesAnnotation,
  Send,
  START,
  StateGraph,
  task,
} from '@langchain/langgraph'
import { createReactAgent, ToolNode, toolsCondition } from '@langchain/langgraph/prebuilt'
import { createAgent } from 'langchain'
import { z } from 'zod'
import { defineAgent } from '../../agent/define-agent.ts'
import { testAgent } from '../../agent/testing/test-agent.ts'
import { type AnyGraph, type LangGraphTerms, runLangGraph } from './run-graph.ts'

/** Answers what the function makes of the messages. */
class FakeChat extends BaseChatModel {
  readonly #respond: (messages: BaseMessage[]) => AIMessage

  constructor(respond: (messages: BaseMessage[]) => AIMessage) {
    super({})
    this.#respond = respond
  }

  _llmType() {
    return 'fake'
  }

  override bindTools() {
    return this
  }

  async _generate(messages: BaseMessage[]): Promise<ChatResult> {
    const message = this.#respond(messages)
    return { generations: [{ text: message.text, message }] }
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    _options: this['ParsedCallOptions'],
    manager?: CallbackManagerForLLMRun,
  ) {
    const message = this.#respond(messages)
    for (const text of message.text.split(' ')) {
      await manager?.handleLLMNewToken(text)
      yield new ChatGenerationChunk({ text, message: new AIMessageChunk({ content: text, usage_metadata: usage }) })
    }
  }
}

const usage = { input_tokens: 10, output_tokens: 5, total_tokens: 15 }

function says(content: string): AIMessage {
  return new AIMessage({ content, usage_metadata: usage })
}

function calls(...named: readonly (readonly [name: string, args: Record<string, unknown>])[]): AIMessage {
  const tool_calls = named.map(([name, args], at) => ({ name, args, id: `${name}-${at}`, type: 'tool_call' as const }))
  return new AIMessage({ content: '', tool_calls, usage_metadata: usage })
}

function heard(messages: BaseMessage[]): string[] {
  return messages.filter((message): message is ToolMessage => message.getType() === 'tool').map(({ text }) => text)
}

const weather = tool(async ({ city }: { city: string }) => `${city} is sunny`, {
  name: 'weather',
  description: 'Tells the weather of a city.',
  schema: z.object({ city: z.string() }),
})

const forecaster = new FakeChat((messages) => {
  const known = heard(messages)
  return known.length === 0
    ? calls(['weather', { city: 'Paris' }], ['weather', { city: 'Rome' }])
    : says(known.join(', '))
})

function agentGraph(model: BaseChatModel, tools = [weather]) {
  return new StateGraph(MessagesAnnotation)
    .addNode('agent', async ({ messages }) => ({ messages: [await model.invoke(messages)] }))
    .addNode('tools', new ToolNode(tools))
    .addEdge(START, 'agent')
    .addConditionalEdges('agent', toolsCondition, ['tools', END])
    .addEdge('tools', 'agent')
    .compile()
}

const read = { tools: { weather: { effect: 'read' }, book: { effect: 'read' } } } as const
const question = { messages: [new HumanMessage('How is the weather?')] }

function durable(graph: AnyGraph, input: unknown, terms: LangGraphTerms = read, pick = last) {
  return defineAgent({
    name: 'graph',
    run: async (context) => pick(await runLangGraph(context, graph, input as never, terms)),
  })
}

function last(state: unknown): unknown {
  return (state as { messages: BaseMessage[] }).messages.at(-1)?.text
}

test('Calls of chat models and tools in nodes become steps, and a crash at any moment changes nothing', async () => {
  const agent = durable(agentGraph(forecaster), question)
  const run = await testAgent(agent, { input: {}, crash: { everyStep: true } })
  assert.equal(run.output, 'Paris is sunny, Rome is sunny')
  assert.deepEqual([...run.steps.keys()], ['agent/model', 'tools/weather', 'tools/weather#2', 'agent#2/model'])
})

test('A prebuilt agent runs as it is, and one with a checkpointer of its own leaves nothing there', async () => {
  const checkpointer = new MemorySaver()
  const graph = createReactAgent({ llm: forecaster, tools: [weather], checkpointer })
  const run = await testAgent(durable(graph, question), { input: {}, crash: { everyStep: true } })
  assert.equal(run.output, 'Paris is sunny, Rome is sunny')
  assert.deepEqual(Object.keys(checkpointer.storage), [])
})

test('An agent of createAgent runs as it is', async () => {
  const agent = createAgent({ model: forecaster, tools: [weather] })
  const run = await testAgent(durable(agent, question), { input: {}, crash: { everyStep: true } })
  assert.equal(run.output, 'Paris is sunny, Rome is sunny')
  assert.deepEqual(
    [...run.steps.keys()],
    ['model_request/model', 'tools/weather', 'tools#2/weather', 'model_request#2/model'],
  )
})

test('An answer that is asked for as a stream is recorded whole', async () => {
  const chat = new FakeChat(() => says('It is sunny'))
  assert.equal(
    (await testAgent(durable(agentGraph(chat), question, { stream: true }), { input: {} })).output,
    'Itissunny',
  )
  const streaming = new StateGraph(MessagesAnnotation)
    .addNode('agent', async ({ messages }) => {
      const chunks: BaseMessage[] = []
      for await (const chunk of await chat.stream(messages)) chunks.push(chunk)
      return { messages: [new AIMessage(chunks.map(({ text }) => text).join('|'))] }
    })
    .addEdge(START, 'agent')
    .compile()
  const run = await testAgent(durable(streaming, question), { input: {}, crash: { everyStep: true } })
  assert.equal(run.output, 'Itissunny')
})

const Collected = Annotation.Root({
  cities: Annotation<string[]>,
  found: Annotation<string[]>({ reducer: (all, more) => [...all, ...more], default: () => [] }),
})

test('Nodes that run at once have branches of their own', async () => {
  const echo = new FakeChat((messages) => says(`${messages.at(-1)?.text}!`))
  const graph = new StateGraph(Collected)
    .addNode('look', async ({ cities }: typeof Collected.State) => {
      const first = await echo.invoke(cities[0] ?? '')
      const second = await echo.invoke(first.text)
      return { found: [second.text] }
    })
    .addConditionalEdges(START, ({ cities }) => cities.map((city) => new Send('look', { cities: [city] })), ['look'])
    .compile()
  const agent = durable(
    graph,
    { cities: ['Paris', 'Rome', 'Oslo'] },
    {},
    (state) => (state as { found: string[] }).found,
  )
  const run = await testAgent(agent, { input: {}, crash: { everyStep: true }, timeout: '30s' })
  assert.deepEqual(run.output, ['Paris!!', 'Rome!!', 'Oslo!!'])
  assert.equal(run.steps.size, 6)
})

test('A graph in a node has the branches of its nodes below that of its own', async () => {
  const inner = agentGraph(forecaster)
  const graph = new StateGraph(MessagesAnnotation).addNode('inner', inner).addEdge(START, 'inner').compile()
  const run = await testAgent(durable(graph, question), { input: {}, crash: { everyStep: true } })
  assert.equal(run.output, 'Paris is sunny, Rome is sunny')
  assert.deepEqual(
    [...run.steps.keys()],
    ['inner/agent/model', 'inner/tools/weather', 'inner/tools/weather#2', 'inner/agent#2/model'],
  )
})

test('An interrupt becomes a question, and its answer is what it returns', async () => {
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('ask', async () => {
      const first = await new FakeChat(() => says('a')).invoke('a')
      const city = interrupt({ question: 'Which city?', about: first.text })
      const day = interrupt('Which day?')
      return { messages: [new AIMessage(`${city} on ${day}`)] }
    })
    .addEdge(START, 'ask')
    .compile()
  const asked: string[] = []
  const run = await testAgent(durable(graph, question), {
    input: {},
    answers: ({ id, question: text }) => {
      asked.push(text)
      return id === 'interrupt' ? 'Rome' : 'Monday'
    },
    crash: { everyStep: true },
  })
  assert.equal(run.output, 'Rome on Monday')
  assert.deepEqual(asked.slice(0, 2), ['Which city?', 'Which day?'])
})

test('A question that nobody answers in time has the answer that the terms say', async () => {
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('ask', async () => ({ messages: [new AIMessage(interrupt<string, string>('Which city?'))] }))
    .addEdge(START, 'ask')
    .compile()
  const terms = { questions: { assignee: 'travel', timeout: '1d', otherwise: { answer: 'Paris' } } } as const
  const run = await testAgent(durable(graph, question, terms), { input: {}, answers: () => undefined })
  assert.equal(run.output, 'Paris')
  const [asked] = run.entries.flatMap((entry) => (entry.kind === 'question-asked' ? [entry.data] : []))
  assert.equal(asked?.assignee, 'travel')
})

test('Interrupts of nodes that run at once are asked at once', async () => {
  const ask = (node: string) => async () => ({ found: [`${node}: ${interrupt(node)}`] })
  const graph = new StateGraph(Collected)
    .addNode('a', ask('a'))
    .addNode('b', ask('b'))
    .addEdge(START, 'a')
    .addEdge(START, 'b')
    .compile()
  const agent = durable(graph, { cities: [] }, {}, (state) => (state as { found: string[] }).found)
  const run = await testAgent(agent, {
    input: {},
    answers: ({ question: q }) => `yes ${q}`,
    crash: { everyStep: true },
  })
  assert.deepEqual(run.output, ['a: yes a', 'b: yes b'])
})

test('A tool that interrupts is asked for, called again with the answer, and counted when it is recorded', async () => {
  let called = 0
  const book = tool(
    async ({ city }: { city: string }) => {
      const ok = interrupt({ question: `Book ${city}?` })
      called += 1
      return ok ? `booked ${city}` : 'refused'
    },
    { name: 'book', description: 'Books.', schema: z.object({ city: z.string() }) },
  )
  const model = new FakeChat((messages) =>
    heard(messages).length === 0 ? calls(['book', { city: 'Rome' }]) : says(heard(messages).join()),
  )
  const agent = durable(agentGraph(model, [book as never]), question)
  const once = await testAgent(agent, { input: {}, answers: () => true })
  assert.equal(once.output, 'booked Rome')
  assert.equal(called, 1)
  const run = await testAgent(agent, { input: {}, answers: () => true, crash: { everyStep: true } })
  assert.equal(run.output, 'booked Rome')
})

test('A call that was cut off is not repeated, and what a human says that it came to is its result', async () => {
  const agent = durable(agentGraph(forecaster), question, {})
  const run = await testAgent(agent, {
    input: {},
    crash: { during: 'tools/weather' },
    answers: () => ({ action: 'done', output: 'It is known' }),
  })
  assert.equal(run.output, 'It is known, It is known', 'both calls were under way')
  assert.equal(run.steps.get('tools/weather')?.executed, 1)
})

test('A tool may answer with a command', async () => {
  const jump = tool(async () => new Command({ goto: 'done', update: { messages: [new AIMessage('jumped')] } }), {
    name: 'weather',
    description: 'Jumps.',
    schema: z.object({}),
  })
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('agent', async ({ messages }) => ({
      messages: [await new FakeChat(() => calls(['weather', {}])).invoke(messages)],
    }))
    .addNode('tools', new ToolNode([jump]), { ends: ['done'] })
    .addNode('done', async () => ({ messages: [new AIMessage('done')] }))
    .addEdge(START, 'agent')
    .addEdge('agent', 'tools')
    .compile()
  const run = await testAgent(durable(graph, question), { input: {}, crash: { everyStep: true } })
  assert.equal(run.output, 'done')
})

test('A node with terms is one step, whatever it does', async () => {
  let executed = 0
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('fetch', async () => {
      executed += 1
      const { text } = await forecaster.invoke([new HumanMessage('hi')])
      return { messages: [new AIMessage(`fetched${text}`)] }
    })
    .addEdge(START, 'fetch')
    .compile()
  const agent = durable(graph, question, { nodes: { fetch: { effect: 'read' } } })
  const run = await testAgent(agent, { input: {}, crash: { after: 'fetch' } })
  assert.equal(run.output, 'fetched')
  assert.equal(executed, 1)
  assert.deepEqual([...run.steps.keys()], ['fetch'])
})

test('Terms of a node that the graph does not have are refused, with those that it has', async () => {
  const agent = durable(agentGraph(forecaster), question, { nodes: { fetch: { effect: 'read' } } })
  const run = await testAgent(agent, { input: {} })
  assert.equal(run.error?.code, 'INVALID_ARGUMENT')
  assert.match(run.error?.message ?? '', /\(agent, tools\), got fetch/)
})

test('An entrypoint of the functional API runs too', async () => {
  const look = task('look', async (city: string) => (await new FakeChat(() => says(`${city}!`)).invoke(city)).text)
  const flow = entrypoint('flow', async (cities: string[]) => Promise.all(cities.map((city) => look(city))))
  const agent = durable(flow, ['Paris', 'Rome'], {}, (found) => found)
  const run = await testAgent(agent, { input: {}, crash: { everyStep: true } })
  assert.deepEqual(run.output, ['Paris!', 'Rome!'])
})

test('Outside of durable runs LangGraph does what it did before', async () => {
  assert.equal(last(await agentGraph(forecaster).invoke(question)), 'Paris is sunny, Rome is sunny')
})

test('Anything that is no graph is refused, with what to look for', async () => {
  const run = await testAgent(durable({ nodes: {} } as never, {}), { input: {} })
  assert.equal(run.error?.code, 'INVALID_ARGUMENT')
  assert.match(run.error?.message ?? '', /npm ls @langchain\/core/)
})
