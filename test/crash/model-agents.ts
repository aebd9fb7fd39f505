/** The agents of the suite that call models, each under a budget. */
import { z } from 'zod'
import type { Effect } from '../../src/core/tool.ts'
import { type AgentDefinition, defineAgent, PolisError, tool } from '../../src/index.ts'
import { MODEL } from './models.ts'
import type { World } from './world.ts'

const number = z.object({ n: z.number() })
/** What all runs of `frugal` may use together: fewer calls than they want to make. */
const FRUGAL_TOKENS = 2000
const FRUGAL_CALLS = 8

/** Makes them over a world. */
export function modelAgents(world: World): readonly AgentDefinition[] {
  // An agent of any types is one that takes what its schema accepts.
  return [spender(), frugal(), desk(world)] as readonly AgentDefinition[]
}

function spender() {
  return defineAgent({
    name: 'spender',
    input: number,
    limits: { cost: 1, tokens: 1_000_000 },
    async run(context, { n }) {
      const ask = (from: Pick<typeof context, 'generate'>, name: string, prompt: string) =>
        from.generate({ model: MODEL, name, prompt: `${prompt} ${n}` }).then(({ output }) => output)
      const plan = await ask(context, 'plan', 'plan')
      const both = await context.all({
        busy: (branch) => ask(branch, 'work', 'busy'),
        cut: (branch) => ask(branch, 'work', 'cut'),
      })
      return [plan, both, await ask(context, 'sum', 'sum up')]
    },
  })
}

/** Calls until its budget is used up: when that is depends on what crashes cost. */
function frugal() {
  return defineAgent({
    name: 'frugal',
    input: number,
    budget: { day: { tokens: FRUGAL_TOKENS } },
    async run(context, { n }) {
      for (let call = 0; call < FRUGAL_CALLS; call++) {
        try {
          await context.generate({ model: MODEL, prompt: `thought ${call} of ${n}: ${'x'.repeat(300)}` })
        } catch (reason) {
          if (PolisError.from(reason).code === 'BUDGET_EXHAUSTED') return call
          throw reason
        }
      }
      return FRUGAL_CALLS
    },
  })
}

/** A model leads it through some rounds of two tools, of which it takes snapshots. */
function desk(world: World) {
  const act = (name: string, effect: Effect) =>
    tool({
      ...{ name, effect, description: name, input: z.object({ round: z.number() }) },
      run: (_, call) => world.perform(call, effect, { value: 'x'.repeat(400), wait: 2 }),
    })
  return defineAgent({
    name: 'desk',
    input: number,
    model: MODEL,
    instructions: 'Look and pay.',
    tools: [act('look', 'read'), act('pay', 'once')],
    limits: { cost: 1 },
  })
}
