import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { systemClock } from '../../core/clock.ts'
import { seededRandom } from '../../core/random.ts'
import { noToolServers } from '../../core/tool.ts'
import { createBed } from '../../engine/fake/test-bed.ts'
import { type AgentDefinition, defineAgent } from '../define-agent.ts'
import { createPrograms } from '../program.ts'
import { tool } from '../tool.ts'
import { fakeModels, toolCall } from './fake/fake-models.ts'

describe('a loop agent that is cancelled', () => {
  it('keeps in its session what was said until then', async () => {
    let asked = 0
    const bed = createChatter(defineAgent({ name: 'chatter', model: 'fake/one' }), ({ messages }) => {
      asked += 1
      return asked === 2 ? new Promise<string>(() => {}) : `answer to ${messages.length}`
    })
    const process = await bed.open()
    const say = async (input: string) => bed.submit(input, { session: 's' })
    await bed.finish(await say('first'))
    const second = await say('second')
    await bed.idle()
    await bed.service.cancel(bed.caller, second, 'enough')
    assert.equal((await bed.finish(second)).status, 'cancelled')
    const third = await bed.finish(await say('third'))
    assert.equal(third.output, 'answer to 4')
    // Its state is what the loop kept.
    const { state } = (await bed.service.session(bed.caller, 's')) as { state: { messages: { content: unknown }[] } }
    assert.deepEqual(
      state.messages.map(({ content }) => JSON.stringify(content)).map((text) => /"text":"([^"]*)"/.exec(text)?.[1]),
      ['first', 'answer to 1', 'second', 'third', 'answer to 4'],
    )
    process.kill()
  })

  it('calls no tool whose arguments were still being checked', async () => {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    let paid = 0
    const input = z.object({ n: z.number() }).refine(() => promise)
    const pay = tool({ name: 'pay', description: 'Pays.', input, run: () => ++paid })
    const bed = createChatter(defineAgent({ name: 'chatter', model: 'fake/one', tools: [pay] }), () => [
      toolCall('pay', { n: 1 }),
    ])
    await bed.open()
    const run = await bed.submit('pay')
    await bed.idle()
    await bed.service.cancel(bed.caller, run, 'enough')
    await bed.idle()
    resolve(true)
    assert.equal((await bed.finish(run)).status, 'cancelled')
    assert.equal(paid, 0)
  })
})

function createChatter(definition: AgentDefinition, answer: Parameters<typeof fakeModels>[0]) {
  const programs = createPrograms(new Map([['chatter', { definition, release: 'test', file: '' }]]), {
    ...{ models: fakeModels(answer), tools: noToolServers, clock: systemClock(), random: seededRandom(1) },
    ...{ toolTimeout: 1000, drain: 60_000 },
  })
  return createBed({ agents: { chatter: async (scope, input) => programs.get('chatter')?.run(scope, input) } })
}
