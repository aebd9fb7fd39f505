/** The agents of the suite: between them, every kind of operation, and steps of every declared effect. */
import { z } from 'zod'
import type { Effect } from '../../src/core/tool.ts'
import { type AgentDefinition, type Context, defineAgent, type StepOptions } from '../../src/index.ts'
import { modelAgents } from './model-agents.ts'
import type { Manner, World } from './world.ts'

const number = z.object({ n: z.number() })

/** Makes them over a world. */
export function crashAgents(world: World): readonly AgentDefinition[] {
  const act = createAct(world)
  const leaf = leafAgent(act)
  const agents = [leaf, chain(act), family(act, leaf), sleeper(act), asker(act), hurried(act), parallel(act)]
  const more = [talker(act), listener(act), careful(act, world), stubborn(act), walker(act)]
  // An agent of any types is one that takes what its schema accepts.
  return [...agents, ...more, ...modelAgents(world)] as readonly AgentDefinition[]
}

type Act = (
  context: Pick<Context, 'step'>,
  name: string,
  effect: Effect,
  manner?: Partial<Manner> & { readonly input?: unknown; readonly uncertain?: 'fail' | 'retry' },
) => Promise<string>

function createAct(world: World): Act {
  return async (context, name, effect, { input, uncertain, ...manner } = {}) => {
    const attempts = effect === 'once' ? 2 : 3
    const terms = uncertain === undefined ? {} : { uncertain }
    const options: StepOptions = {
      ...terms,
      effect,
      retry: { attempts, delay: 5, factor: 1, jitter: false },
      timeout: 5000,
    }
    const step = (call: Parameters<World['perform']>[0]) =>
      world.perform(call, effect, { ...manner, value: manner.value ?? name })
    const done = await context.step(name, step, input === undefined ? options : { ...options, input })
    return done.value
  }
}

function leafAgent(act: Act) {
  return defineAgent({
    name: 'leaf',
    input: number,
    async run(context, { n }) {
      const idempotent = await act(context, 'write', 'idempotent', { wait: 3 })
      return `${idempotent} ${await act(context, 'pay', 'once')} ${n}`
    },
  })
}

function chain(act: Act) {
  return defineAgent({
    name: 'chain',
    input: number,
    async run(context, { n }) {
      const read = await act(context, 'read', 'read', { value: `read ${n}` })
      // A value that changed on replay would change the next step's input, and so be caught as a divergence.
      const input = [context.uuid(), context.now(), context.random()]
      const write = await act(context, 'write', 'idempotent', { input, wait: 2 })
      const pay = await act(context, 'pay', 'once', { input })
      const flaky = await act(context, 'flaky', 'idempotent', { fails: 2 })
      const often = await act(context, 'often', 'once', { fails: 1 })
      const doomed = await act(context, 'doomed', 'read', { fails: 99, wait: 1 }).catch(() => 'failed')
      await context.emit('chained', { read })
      return [read, write, pay, flaky, often, doomed]
    },
  })
}

function family(act: Act, leaf: AgentDefinition<{ n: number }>) {
  return defineAgent({
    name: 'family',
    input: number,
    async run(context, { n }) {
      const before = await act(context, 'before', 'once')
      const children = await context.all([
        (branch) => branch.call(leaf, { n: n * 2 }),
        async (branch) => `${await act(branch, 'between', 'idempotent')} ${await branch.call(leaf, { n: n * 2 + 1 })}`,
      ])
      return [before, ...children, await act(context, 'after', 'once')]
    },
  })
}

function sleeper(act: Act) {
  return defineAgent({
    name: 'sleeper',
    input: number,
    async run(context) {
      const first = await act(context, 'first', 'once')
      await context.sleep(30)
      const second = await act(context, 'second', 'idempotent')
      await context.sleep(200)
      return [first, second, await act(context, 'third', 'read')]
    },
  })
}

function asker(act: Act) {
  return defineAgent({
    name: 'asker',
    input: number,
    async run(context, { n }) {
      const write = await act(context, 'write', 'idempotent')
      const { ok } = await context.ask('May I?', z.object({ ok: z.number() }), { about: { n } })
      return [write, ok, await act(context, 'pay', 'once')]
    },
  })
}

function hurried(act: Act) {
  return defineAgent({
    name: 'hurried',
    input: number,
    async run(context) {
      const answer = context.ask('Quickly?', z.object({ ok: z.number() }), { timeout: 80 })
      const outcome = await answer.then(
        () => 'answered',
        () => 'expired',
      )
      return [outcome, await act(context, 'pay', 'once')]
    },
  })
}

function parallel(act: Act) {
  return defineAgent({
    name: 'parallel',
    input: number,
    async run(context) {
      const all = await context.all({
        reads: (branch) => act(branch, 'read', 'read', { wait: 8 }),
        writes: async (branch) => [await act(branch, 'write', 'idempotent'), await act(branch, 'more', 'idempotent')],
        pays: (branch) => act(branch, 'pay', 'once', { wait: 5 }),
      })
      const first = await context.race({
        slow: async (branch) => branch.sleep('1h').then(() => 'slow'),
        fast: (branch) => act(branch, 'pay', 'once', { wait: 5 }),
      })
      const second = await context.race({
        human: (branch) => branch.ask('Instead?', z.string(), { name: 'never' }),
        machine: (branch) => act(branch, 'write', 'idempotent', { wait: 10 }),
      })
      return [all, first, second]
    },
  })
}

function talker(act: Act) {
  return defineAgent({
    name: 'talker',
    input: number,
    session: { state: z.object({ turns: z.number() }).default({ turns: 0 }), concurrency: 'enqueue' },
    async run(context) {
      const { turns } = await context.session.get()
      await context.session.set({ turns: turns + 1 })
      await act(context, 'say', 'once', { wait: 5 })
      return turns + 1
    },
  })
}

function listener(act: Act) {
  return defineAgent({
    name: 'listener',
    input: number,
    async run(context) {
      const first = await context.receive('word', z.string())
      const pay = await act(context, 'pay', 'once')
      return [first, pay, await context.receive('word', z.string())]
    },
  })
}

// Looks for itself what became of a step that was interrupted.
function careful(act: Act, world: World) {
  return defineAgent({
    name: 'careful',
    input: number,
    async run(context) {
      try {
        return await act(context, 'pay', 'once', { uncertain: 'fail', wait: 5 })
      } catch {
        const key = `${context.run}/pay`
        const found = await context.step('look', () => world.find(key)?.value ?? '', { effect: 'read' })
        return found === '' ? await act(context, 'pay-again', 'once', { value: 'pay' }) : found
      }
    },
  })
}

/** The agent that has `once` steps repeated after a crash, knowingly. */
export const STUBBORN = 'stubborn'

function stubborn(act: Act) {
  return defineAgent({
    name: STUBBORN,
    input: number,
    run: (context) => act(context, 'pay', 'once', { uncertain: 'retry', wait: 5 }),
  })
}

function walker(act: Act) {
  return defineAgent({
    name: 'walker',
    input: number,
    async run(context, { n }): Promise<unknown> {
      const pay = await act(context, 'pay', 'once', { value: `pay ${n}` })
      return n > 0 ? context.continueAs({ n: n - 1 }) : pay
    },
  })
}
