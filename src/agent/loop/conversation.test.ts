import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import type { ModelMessage } from '../../core/model.ts'
import { defineAgent } from '../define-agent.ts'
import { mcp } from '../mcp-tools.ts'
import { testAgent } from '../testing/test-agent.ts'
import { fakeModels, toolCall } from './fake/fake-models.ts'

const lastText = (messages: readonly ModelMessage[]) =>
  (messages.at(-1)?.content ?? []).map((part) => ('text' in part ? part.text : '')).join('')

describe('a loop agent in a session', () => {
  const agent = defineAgent({ name: 'chatter', model: 'fake/one' })
  const models = fakeModels(({ messages }) => `${messages.length}: ${lastText(messages)}`)

  it('goes on where its last run ended', async () => {
    const first = await testAgent(agent, { input: 'Hello', models, session: {}, crash: { everyStep: true } })
    assert.equal(first.output, '1: Hello')
    const state = first.session
    const second = await testAgent(agent, { input: { message: 'Again' }, models, session: { state } })
    assert.equal(second.output, '3: Again')
    assert.equal((second.session as { messages: unknown[] }).messages.length, 4)
  })

  it('refuses a state that is no conversation', async () => {
    const run = await testAgent(agent, { input: 'Hello', models, session: { state: { count: 1 } } })
    assert.match(run.error?.message ?? '', /The state of session test-session is no conversation/)
  })

  it('leaves the conversation as it was when it fails', async () => {
    const broken = fakeModels(() => Promise.reject(new Error('no')))
    const state = { messages: [] }
    const run = await testAgent(agent, { input: 'Hello', models: broken, session: { state } })
    assert.equal(run.status, 'failed')
    assert.deepEqual(run.session, state)
  })
})

describe('tools of a loop agent', () => {
  it('may be other agents: each call is a child run', async () => {
    const child = defineAgent({
      name: 'doubler',
      description: 'Doubles a number.',
      input: z.object({ n: z.number() }),
      output: z.number(),
      run: (context, { n }) => context.step('double', () => n * 2),
    })
    const helper = defineAgent({ name: 'helper', model: 'fake/small' })
    const parent = defineAgent({ name: 'parent', model: 'fake/one', tools: [child, 'helper'] })
    const models = fakeModels(({ model, messages, tools }) => {
      if (model === 'fake/small') return `helped with ${lastText(messages)}`
      assert.deepEqual(
        tools?.map(({ name, description }) => `${name}: ${description}`),
        ['doubler: Doubles a number.', 'helper: Asks the agent helper'],
      )
      const last = messages.at(-1)
      if (last?.role === 'tool') return last.content.map(({ output }) => JSON.stringify(output.value)).join(' ')
      return [
        toolCall('doubler', { n: 21 }),
        toolCall('helper', { message: 'this' }),
        toolCall('doubler', { n: 'x' }, 'b'),
      ]
    })
    const run = await testAgent(parent, {
      input: 'go',
      models,
      agents: [child, helper],
      crash: { after: 'all/helper/helper>model' },
    })
    assert.equal(run.output, '42 "helped with this" "The input of agent doubler is not valid: n: must be number"')
    assert.equal(run.steps.get('all/doubler/doubler>double')?.output, 42)
    assert.equal(run.steps.get('all/helper/helper>model')?.status, 'completed')
  })

  it('of MCP servers are listed once, chosen, renamed, and named so that every provider takes them', async () => {
    const tools = {
      files: {
        'read.file': { effect: 'read', call: () => 'text' },
        remove: () => 'gone',
        list: () => ({ names: ['a'] }),
      },
      notes: { add: () => 'added' },
    } as const
    const agent = defineAgent({
      name: 'clerk',
      model: 'fake/one',
      tools: [mcp('files', { except: ['remove'], rename: { list: 'names' } }), 'notes'],
    })
    const models = fakeModels(({ messages, tools }) => {
      assert.deepEqual(
        tools?.map(({ name }) => name),
        ['files_read_file', 'names', 'notes_add'],
      )
      const last = messages.at(-1)
      if (last?.role === 'tool') return last.content.map(({ output }) => JSON.stringify(output)).join(' ')
      return [toolCall('files_read_file'), toolCall('names'), toolCall('notes_add'), toolCall('files_remove')]
    })
    const run = await testAgent(agent, { input: 'go', models, tools, crash: { after: 'tools' } })
    assert.match(
      run.output,
      /"text","value":"text".*"kind":"text","value":"\{\\"names\\":\[\\"a\\"\]\}".*"added".*no tool files_remove/,
    )
    assert.ok(
      run.steps.has('tools') && run.steps.has('all/files_read_file/files.read.file'),
      [...run.steps.keys()].join(),
    )
  })

  it('that nothing has are found before anything runs', async () => {
    const refused = (tools: readonly string[], message: RegExp) =>
      assert.rejects(
        testAgent(defineAgent({ name: 'lost', model: 'fake/one', tools }), {
          input: 'go',
          models: fakeModels(() => ''),
          tools: { files: {} },
        }),
        { code: 'INVALID_CONFIG', message },
      )
    await refused(
      ['fils'],
      /Agent lost, option tools: there is no MCP server and no agent 'fils': did you mean 'files'\?/,
    )
    await refused(['files', 'files'], /MCP server 'files' stands there twice/)
  })
})
