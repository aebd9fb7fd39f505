import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createBed, runOnce, step } from '../fake/test-bed.ts'
import type { Scope } from '../scope.ts'

const forever = () => new Promise<never>(() => {})
const value = (name: string) => (lane: Scope) => step(lane, name, () => name)

describe('lanes', () => {
  it('nest: all, race and branch inside one another', async () => {
    const { view } = await runOnce((scope) =>
      scope.all([
        [
          'a',
          (a) =>
            a.race([
              ['slow', (lane) => lane.sleep(1e9)],
              [
                'b',
                (b) =>
                  b.all([
                    ['x', value('x')],
                    ['y', value('y')],
                  ]),
              ],
            ]),
        ],
        ['c', (c) => c.branch('d', value('d'))],
        ['none', (n) => n.all([])],
      ]),
    )
    assert.deepEqual(view.output, [{ winner: 'b', value: ['x', 'y'] }, 'd', []])
  })

  it('of a lost race do not keep their run in memory, though their step goes on', async () => {
    const { bed, run, view } = await runOnce(async (scope) => {
      await scope.race([
        ['stuck', (lane) => step(lane, 'stuck', forever)],
        ['quick', value('quick')],
      ])
      await scope.sleep(86_400_000)
      return 'woken'
    })
    assert.equal(view.output, 'woken')
    assert.ok(view.epoch > 1, 'it was suspended meanwhile (G5)')
    assert.deepEqual((await bed.kinds(run)).filter((kind) => kind === 'step-completed').length, 1)
  })

  it('that lost withdraw their questions and cancel their children', async () => {
    const bed = createBed({
      agents: {
        agent: async (scope) => {
          await scope.race([
            ['ask', (lane) => lane.ask('q', { question: '?', schema: {} })],
            ['call', (lane) => lane.child('child', 'child', null, {})],
            ['time', (lane) => lane.sleep(5000)],
          ])
          await scope.sleep(5000)
          return 'done'
        },
        child: (scope) => scope.sleep(1e9),
      },
    })
    await bed.open()
    const run = await bed.submit(null)
    await bed.idle()
    assert.equal([...bed.state.questions.values()].length, 1)
    await bed.pass(6000)
    assert.equal([...bed.state.questions.values()].length, 0)
    await bed.finish(run)
    const [child] = (await bed.service.runs(bed.caller, { agent: 'child' }, { limit: 5 })).items
    assert.equal(child?.status, 'cancelled')
  })

  it('that swallow their cancellation give the thread back', async () => {
    const { view } = await runOnce(async (scope) => {
      const { winner } = await scope.race([
        [
          'deaf',
          async (lane) => {
            for (;;) await lane.sleep(1000).catch(() => {})
          },
        ],
        ['quick', value('quick')],
      ])
      await step(scope, 'after', () => 1)
      return winner
    })
    assert.equal(view.output, 'quick')
  })

  it('fail together: the first failure cancels the others and is the result', async () => {
    const seen: string[] = []
    const { view } = await runOnce((scope) =>
      scope.all([
        [
          'bad',
          (lane) =>
            step(
              lane,
              'bad',
              () => {
                throw new Error('bad')
              },
              { attempts: 1 },
            ),
        ],
        [
          'other',
          async (lane) => {
            try {
              await lane.sleep(1e9)
            } catch (error) {
              seen.push((error as { code: string }).code)
            }
          },
        ],
      ]),
    )
    assert.deepEqual([view.error?.message, seen], ['bad', ['CANCELLED']])
  })

  it('left behind by code that returns do not write after the end', async () => {
    const { bed, run, view } = await runOnce(async (scope) => {
      void scope.branch('left', async (lane) => {
        for (let at = 0; at < 5; at++) await step(lane, `s${at}`, () => at)
      })
      return 'returned'
    })
    assert.equal(view.output, 'returned')
    assert.equal((await bed.kinds(run)).at(-1), 'run-completed')
  })

  it('decide races between branches that end in the same turn the same way in a replay', async () => {
    const bed = createBed({
      agents: {
        agent: async (scope) => {
          const branches = ['a', 'b', 'c'].map((name) => [name, value(name)] as const)
          const { winner } = await scope.race(branches)
          await scope.sleep(1e6)
          return winner
        },
      },
    })
    const first = await bed.open()
    const run = await bed.submit(null)
    await bed.idle()
    first.kill()
    await bed.open()
    const view = await bed.finish(run)
    const decided = (await bed.entries(run)).find(({ kind }) => kind === 'race-decided')
    assert.equal(view.output, decided?.kind === 'race-decided' && decided.data.winner)
  })
})
