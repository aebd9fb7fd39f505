import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { PolisError } from '../../core/error.ts'
import { defineAgent } from '../define-agent.ts'
import { testAgent } from './test-agent.ts'
import { hang } from './test-options.ts'

const DAY = 86_400_000
const approval = z.object({ ok: z.boolean() })

const child = defineAgent({
  name: 'child',
  input: z.object({ n: z.number() }),
  output: z.number(),
  run: (context, { n }) => context.step('double', () => n * 2, { effect: 'read' }),
})

const busy = defineAgent({
  name: 'busy',
  input: z.object({ n: z.number() }),
  output: z.object({ total: z.number(), id: z.string(), said: z.string() }),
  async run(context, { n }) {
    const once = await context.step('once', () => n)
    const id = `${context.uuid()} ${context.random()}`
    const { left, right } = await context.all({
      left: (branch) => branch.step('left', async () => n, { effect: 'read' }),
      right: async (branch) => {
        await branch.sleep('20d')
        return branch.step('right', () => 1)
      },
    })
    const fast = await context.race({
      slow: (branch) => branch.sleep('1h'),
      fast: (branch) => branch.step('quick', () => 'q', { effect: 'idempotent' }),
    })
    const tries = await context.step('flaky', ({ attempt }) => (attempt < 3 ? reject('not yet') : attempt), {
      effect: 'idempotent',
    })
    const doubled = await context.call(child, { n: 21 })
    await context.ask('Go on?', approval)
    const said = await context.receive('word', z.string())
    await context.sleep('90d')
    await context.emit('done', { winner: fast.winner })
    return { total: once + left + right + tries + doubled, id, said }
  },
})

const options = {
  input: { n: 1 },
  agents: [child],
  answers: { ask: { ok: true } },
  messages: [{ name: 'word', data: 'hi', after: '30d' }],
} as const

test('A run of months takes no time, and its output has the type of its schema', async () => {
  const run = await testAgent(busy, options)
  const total: number = run.output.total
  assert.equal(total, 1 + 1 + 1 + 3 + 42)
  assert.equal(run.output.said, 'hi')
  assert.equal(run.status, 'completed')
  assert.ok(run.timeSkipped >= 120 * DAY && run.timeSkipped < 121 * DAY, String(run.timeSkipped))
  assert.deepEqual(run.emitted, [{ name: 'done', data: { winner: 'fast' } }])
  assert.deepEqual(
    run.entries.map(({ sequence }) => sequence),
    run.entries.map((_, index) => index + 1),
  )
})

test('Steps are told by id, with attempts, calls and results, those of child runs below their call', async () => {
  const { steps } = await testAgent(busy, options)
  assert.deepEqual(steps.get('flaky'), { kind: 'step', status: 'completed', attempts: 3, executed: 3, output: 3 })
  assert.deepEqual(steps.get('child'), { kind: 'child', status: 'completed', attempts: 1, executed: 0, output: 42 })
  assert.equal(steps.get('child>double')?.output, 42)
  assert.equal(steps.get('all/right/right')?.output, 1)
  assert.deepEqual(steps.get('ask')?.output, { ok: true })
})

test('The same seed gives the same ids and random numbers, another seed others', async () => {
  const [one, same, other] = await Promise.all([1, 1, 2].map((seed) => testAgent(busy, { ...options, seed })))
  assert.equal(one?.output.id, same?.output.id)
  assert.notEqual(one?.output.id, other?.output.id)
})

test('A crash at every step changes nothing, random values included', async () => {
  const run = await testAgent(busy, { ...options, crash: { everyStep: true } })
  assert.ok(run.crashes > 50, String(run.crashes))
})

test('A recorded step is not called again after a crash', async () => {
  const run = await testAgent(busy, { ...options, crash: { after: 'once' } })
  assert.equal(run.crashes, 1)
  assert.equal(run.steps.get('once')?.executed, 1)
})

test('A step whose record is lost is called again if it may be, and never if its effect is once', async () => {
  const quick = await testAgent(busy, { ...options, crash: { during: 'race/fast/quick' } })
  assert.equal(quick.steps.get('race/fast/quick')?.executed, 2)
  const once = await testAgent(busy, { ...options, crash: { during: 'once' } })
  assert.equal(once.steps.get('once')?.executed, 1)
  const begun = await testAgent(busy, { ...options, crash: { before: 'once' } })
  assert.equal(begun.steps.get('once')?.executed, 1)
})

test('A test may answer for a step of unknown outcome itself', async () => {
  const answers = { ...options.answers, once: { action: 'done', output: 100 } }
  const run = await testAgent(busy, { ...options, answers, crash: { during: 'once' } })
  assert.equal(run.steps.get('once')?.output, 100)
})

test('A crash can be put into a child run, and into waits', async () => {
  for (const step of ['child>double', 'child', 'ask', 'word', 'sleep', 'done']) {
    const run = await testAgent(busy, { ...options, crash: { after: step } })
    assert.equal(run.status, 'completed', step)
    assert.equal(run.crashes, 1, step)
  }
})

test('A crash at a step that never comes is refused, and the steps there are named', async () => {
  await assert.rejects(
    testAgent(busy, { ...options, crash: { after: 'onec' } }),
    failure('INVALID_ARGUMENT', /no step "onec": it has once, /),
  )
})

test('An agent whose result depends on a crash is found out, with the moment', async () => {
  let calls = 0
  const agent = defineAgent({
    name: 'forgetful',
    run: (context) => context.step('count', () => ++calls, { effect: 'read' }),
  })
  const reset = () => {
    calls = 0
    return {}
  }
  await assert.rejects(testAgent(agent, { input: {}, tools: reset, crash: { everyStep: true } }), (error: Error) => {
    assert.equal(error.name, 'AssertionError')
    assert.match(error.message, /something else after a crash before the commit of: count step-completed/)
    return true
  })
})

test('An agent that asks for failure after a crash gets it, and is not held to the same result', async () => {
  const agent = defineAgent({
    name: 'careful',
    run: (context) => context.step('pay', () => 'paid', { uncertain: 'fail' }),
  })
  const run = await testAgent(agent, { input: {}, crash: { during: 'pay' } })
  assert.equal(run.error?.code, 'STEP_UNCERTAIN')
  assert.equal((await testAgent(agent, { input: {}, crash: { everyStep: true } })).output, 'paid')
})

test('Code that takes another path when it is replayed ends as diverged', async () => {
  let replays = 0
  const agent = defineAgent({
    name: 'fickle',
    async run(context) {
      await context.step(replays++ === 0 ? 'heads' : 'tails', () => 1, { effect: 'read' })
      await context.sleep('1d')
    },
  })
  const run = await testAgent(agent, { input: {} })
  assert.equal(run.status, 'diverged')
  assert.throws(() => run.output, failure('DIVERGED', /expected .*heads.*found .*tails/))
  replays = 0
  await assert.rejects(testAgent(agent, { input: {}, crash: { everyStep: true } }), failure('DIVERGED', /tails/))
})

test('Tools are faked: texts, structured results, errors, and effects', async () => {
  const seen: unknown[] = []
  const agent = defineAgent({
    name: 'caller',
    async run(context) {
      const { text } = await context.tool('shop', 'greet', { name: 'Ada' })
      const { structured } = await context.tool('shop', 'price')
      const failed = await context.tool('shop', 'break').catch((error: PolisError) => error.code)
      const unknown = await context
        .tool('shop', 'nothing', {}, { retry: { attempts: 1 } })
        .catch((error: PolisError) => error.message)
      const server = await context.tool('other', 'nothing').catch((error: PolisError) => error.code)
      return { text, structured, failed, unknown, server }
    },
  })
  const run = await testAgent(agent, {
    input: {},
    tools: {
      shop: {
        greet: ({ name }: { name: string }, { key }) => {
          seen.push(key.endsWith('/shop.greet'))
          return `Hello ${name}`
        },
        price: { effect: 'read', call: () => ({ cents: 5 }) },
        break: () => reject('closed'),
      },
    },
  })
  assert.deepEqual(run.output, {
    text: 'Hello Ada',
    structured: { cents: 5 },
    failed: 'TOOL_FAILED',
    unknown: "The test fakes no tool 'nothing' of MCP server 'shop': it fakes greet, price, break",
    server: 'UNKNOWN_SERVER',
  })
  assert.deepEqual(seen, [true])
})

test('A tool that hangs loses against a timer, without real time', async () => {
  const agent = defineAgent({
    name: 'patient',
    async run(context) {
      const { winner } = await context.race({
        tool: (branch) => branch.tool('slow', 'think', {}, { timeout: '2h' }),
        timer: (branch) => branch.sleep('1h'),
      })
      return winner
    },
  })
  const run = await testAgent(agent, { input: {}, tools: { slow: { think: () => hang } } })
  assert.equal(run.output, 'timer')
  assert.equal(run.timeSkipped, 3_600_000)
})

test('A question without an answer runs into its timeout', async () => {
  const agent = defineAgent({
    name: 'asker',
    run: (context) => context.ask('Still there?', approval, { timeout: '7d' }).catch((error: PolisError) => error.code),
  })
  const run = await testAgent(agent, { input: {} })
  assert.equal(run.output, 'TIMEOUT')
  assert.equal(run.timeSkipped, 7 * DAY)
})

test('Answers are found by id before name, and made by functions that see the question', async () => {
  const agent = defineAgent({
    name: 'asker',
    async run(context) {
      const { left, right } = await context.all({
        left: (branch) => branch.ask('Left?', z.number()),
        right: (branch) => branch.ask('Right?', z.number()),
      })
      return [left, right]
    },
  })
  const answers = { 'all/left/ask': 1, ask: ({ question }: { question: string }) => question.length }
  assert.deepEqual((await testAgent(agent, { input: {}, answers })).output, [1, 6])
})

test('An answer that does not fit its schema is refused', async () => {
  const answers = { ask: { ok: 'yes' } }
  await assert.rejects(testAgent(busy, { ...options, answers }), failure('INVALID_INPUT', /answer to question ask/))
})

test('A run that waits for ever ends the test, which says for what and what to do', async () => {
  await assert.rejects(
    testAgent(busy, { input: { n: 1 }, agents: [child] }),
    failure(
      'TIMEOUT',
      /agent busy waits for an answer to ask.*Nobody answers question ask \("Go on\?"\): give testAgent answers/,
    ),
  )
  await assert.rejects(
    testAgent(busy, { input: { n: 1 }, agents: [child], answers: options.answers }),
    failure('TIMEOUT', /waits for message word.*Give testAgent messages/),
  )
})

test('A step that never returns ends the test, which names it', async () => {
  const agent = defineAgent({ name: 'stuck', run: (context) => context.step('wait', () => new Promise(() => {})) })
  await assert.rejects(
    testAgent(agent, { input: {}, timeout: '50ms' }),
    failure('TIMEOUT', /Step wait has not returned within 50ms of real time/),
  )
})

test('A run that loops for ever ends the test', async () => {
  const agent = defineAgent({
    name: 'looper',
    async run(context) {
      for (;;) await context.sleep('1d')
    },
  })
  await assert.rejects(testAgent(agent, { input: {}, timeout: '100ms' }), failure('TIMEOUT', /does it loop\?/))
})

test('Waiting outside of a step is an error at once', async () => {
  const agent = defineAgent({ name: 'outside', run: () => new Promise(() => {}) })
  const run = await testAgent(agent, { input: {} })
  assert.equal(run.error?.code, 'WAIT_OUTSIDE_STEP')
})

test('A failed run says why when its output is read', async () => {
  const agent = defineAgent({ name: 'failing', run: (context) => context.step('break', () => reject('no luck')) })
  const run = await testAgent(agent, { input: {} })
  assert.equal(run.status, 'failed')
  assert.equal(run.steps.get('break')?.status, 'failed')
  assert.throws(() => run.output, failure('STEP_FAILED', /The run of failing failed: STEP_FAILED: no luck/))
})

test('Input that does not fit is refused', async () => {
  const input = { n: 'one' } as unknown as { n: number }
  await assert.rejects(testAgent(busy, { ...options, input }), failure('INVALID_INPUT', /n/))
})

test('A run takes up the state of its session and leaves its own', async () => {
  const agent = defineAgent({
    name: 'counter',
    session: { state: z.object({ count: z.number() }).default({ count: 0 }) },
    async run(context) {
      const { count } = await context.session.get()
      await context.session.set({ count: count + 1 })
      return count
    },
  })
  const first = await testAgent(agent, { input: {}, session: {} })
  assert.deepEqual([first.output, first.session], [0, { count: 1 }])
  const second = await testAgent(agent, { input: {}, session: { state: first.session }, crash: { everyStep: true } })
  assert.deepEqual([second.output, second.session], [1, { count: 2 }])
})

test('A run that goes on in another is followed to its end', async () => {
  const agent = defineAgent({
    name: 'chain',
    input: z.object({ left: z.number() }),
    async run(context, { left }) {
      await context.step('work', () => left)
      return left === 0 ? 'done' : context.continueAs({ left: left - 1 })
    },
  })
  const run = await testAgent(agent, { input: { left: 2 } })
  assert.equal(run.output, 'done')
  assert.deepEqual([...run.steps.keys()], ['work', 'continued>work', 'continued#2>work'])
  const crashed = await testAgent(agent, { input: { left: 1 }, crash: { everyStep: true } })
  assert.equal(crashed.output, 'done')
})

test('Time begins where the test says', async () => {
  const agent = defineAgent({ name: 'clock', run: async (context) => context.now() })
  assert.equal((await testAgent(agent, { input: {}, now: 1_000_000 })).output, 1_000_000)
})

function reject(message: string): never {
  throw new Error(message)
}

function failure(code: PolisError['code'], message: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof PolisError, String(error))
    assert.equal(error.code, code)
    assert.match(error.message, message)
    return true
  }
}
