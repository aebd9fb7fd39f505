import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import type { DecodedEntry } from '../../core/entry.ts'
import type { AssistantPart } from '../../core/model.ts'
import { defineAgent } from '../define-agent.ts'
import { testAgent } from '../testing/test-agent.ts'
import { tool } from '../tool.ts'
import { fakeModels, toolCall } from './fake/fake-models.ts'

const look = tool({
  name: 'look',
  description: 'Looks at a place.',
  input: z.object({ at: z.number() }),
  effect: 'read',
  run: ({ at }) => {
    if (at % 7 === 3) throw new Error(`nothing at ${at}`)
    return { at, found: 'y'.repeat(at % 5) }
  },
})
const note = tool({ name: 'note', description: 'Notes.', input: z.object({}), run: () => undefined })

const sizeOf = ({ data }: DecodedEntry) => JSON.stringify(data).length
const isSnapshot = ({ kind }: DecodedEntry) => kind === 'snapshot-taken'

describe('a long loop', () => {
  it('costs at its last turn what it does at its first, and its snapshots weigh no more than the rest of its journal', async () => {
    const turns = 120
    const agent = defineAgent({ name: 'walker', model: 'fake/one', tools: [look], limits: { turns: turns + 1 } })
    const models = fakeModels(({ messages }) => {
      const turn = (messages.length - 1) / 2
      return turn === turns ? 'done' : [toolCall('look', { at: turn }, `call-${turn}`)]
    })
    const run = await testAgent(agent, { input: 'go', models, timeout: '60s' })
    assert.equal(run.output, 'done')
    const work = run.entries.filter((entry) => !isSnapshot(entry))
    const bytes = (from: number, to: number) => work.slice(from, to).reduce((sum, entry) => sum + sizeOf(entry), 0)
    const [early, late] = [bytes(10, 50), bytes(-50, -10)]
    assert.ok(late < early * 1.1, `${late} bytes late, ${early} early`)
    const snapshots = run.entries.filter(isSnapshot)
    const weight = snapshots.reduce((sum, entry) => sum + sizeOf(entry), 0)
    assert.ok(snapshots.length >= 3, `${snapshots.length} snapshots`)
    assert.ok(weight <= bytes(0, work.length), `${weight} bytes of snapshots, ${bytes(0, work.length)} of the rest`)
  })

  it('comes to the same end whatever it does and wherever it crashes', async () => {
    const call: fc.Arbitrary<AssistantPart> = fc.oneof(
      fc.integer({ min: 0, max: 9 }).map((at) => toolCall('look', { at })),
      fc.constant(toolCall('note')),
      fc.constant(toolCall('unknown', { x: 1 })),
      fc.constant(toolCall('look', { at: 'here' })),
    )
    const script = fc.array(fc.array(call, { minLength: 1, maxLength: 3 }), { maxLength: 8 })
    const agent = defineAgent({ name: 'walker', model: ['fake/one', 'fake/two'], tools: [look, note] })
    await fc.assert(
      fc.asyncProperty(script, fc.nat(), async (turns, fails) => {
        const models = fakeModels(({ messages, model }) => {
          const turn = messages.filter(({ role }) => role === 'assistant').length
          if (model === 'fake/one' && turn === fails % 9) return Promise.reject(new Error('not this one'))
          return turns[turn] ?? `done after ${turn} turns: ${JSON.stringify(messages.at(-1))}`
        })
        await testAgent(agent, { input: 'go', models, session: {}, crash: { everyStep: true }, timeout: '60s' })
      }),
      { numRuns: 5, seed: 7 },
    )
  })
})
