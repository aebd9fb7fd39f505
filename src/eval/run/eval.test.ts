import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fakeModels } from '../../agent/loop/fake/fake-models.ts'
import { PolisError } from '../../core/error.ts'
import { EVAL_TAGS } from '../../core/eval.ts'
import type { Models } from '../../core/model.ts'
import { type AgentCode, step } from '../../engine/fake/test-bed.ts'
import { runs } from '../case/data.ts'
import { createEvalBed, loadedEval } from '../fake/eval-bed.ts'
import type { SuiteResult } from '../result.ts'
import { modelJudged } from '../scorer/model-judged.ts'
import { toolsCalled } from '../scorer/trajectory.ts'

const noted = () => {
  const calls: string[] = []
  const greeter: AgentCode = async (scope, { name }: { name: string }) => {
    await step(scope, 'look-up', () => void calls.push(name))
    if (name === 'Nobody') throw new PolisError('STEP_FAILED', 'nobody is there')
    if (name === 'Shy') await scope.ask('may-i', { question: 'May I?', schema: {} })
    if (name === 'Slow') await scope.sleep(60_000)
    return `Hello, ${name}`
  }
  return { calls, agents: { greeter } }
}

const greeting = (name: string) => ({ name, input: { name }, expected: `Hello, ${name}` })

const strict: Models = fakeModels(
  ({ messages: [first] }) => {
    const [part] = first?.content ?? []
    const { output } = JSON.parse(part?.type === 'text' ? part.text : '{}')
    return {
      content: [
        { type: 'text', text: JSON.stringify({ grade: output.includes('Ada') ? 5 : 2, reason: `saw ${output}` }) },
      ],
      usage: { input: 100, output: 10, cachedInput: 0, cacheWrite: 0, reasoning: 0 },
    }
  },
  { price: { input: 10, output: 100 } },
)

describe('an eval', () => {
  it('runs each case as a run of the agent, scores it by all scorers, and keeps the result as its output', async () => {
    const { agents } = noted()
    const scorers = {
      right: ({ output, expected }: { output: unknown; expected: unknown }) => output === expected,
      looked: toolsCalled(['look-up']),
      tone: modelJudged({ model: 'fake/judge', criteria: 'Names Ada.' }),
    }
    const data = [greeting('Ada'), { ...greeting('Bob'), expected: 'Hi' }, greeting('Nobody')]
    const eb = createEvalBed(agents, [loadedEval({ data, scorers, threshold: 0.9 })], strict)
    await eb.open()
    const { view, results } = await eb.finish(await eb.start())
    assert.equal(view.status, 'completed')
    const [result] = results
    assert.deepEqual(
      result?.cases.map(({ name, trials: [trial] }) => [
        name,
        trial?.error?.code,
        trial?.scores.map(({ score }) => score),
      ]),
      [
        ['Ada', undefined, [1, 1, 1]],
        ['Bob', undefined, [0, 1, 0.25]],
        ['Nobody', 'STEP_FAILED', [0, 1, 0]],
      ],
    )
    // Two questions of 100 and 10 tokens: 2 × (1000 + 1000) millionths of a dollar.
    assert.deepEqual(result?.judged, { nanos: 4_000_000, tokens: 220 })
    assert.match(result?.verdict.failures[0] ?? '', /^mean: expected at least 0\.9/)
    const { run = '' } = result?.cases[0]?.trials[0] ?? {}
    const { agent, tags } = await eb.bed.service.run(eb.bed.caller, run)
    assert.equal(agent, 'greeter')
    assert.deepEqual([tags[EVAL_TAGS.eval], tags[EVAL_TAGS.case], tags[EVAL_TAGS.trial]], ['greets', 'Ada', '1'])
  })

  it('comes to the same result wherever its process dies, and asks no judge and runs no case again whose result is recorded', async () => {
    const play = async (crashAt: number | undefined) => {
      const { agents, calls } = noted()
      const scorers = { tone: modelJudged({ model: 'fake/judge', criteria: 'Names Ada.' }) }
      const data = [greeting('Ada'), greeting('Bob'), greeting('Shy')]
      const eb = createEvalBed(
        agents,
        [loadedEval({ data, scorers, concurrency: 2, answers: { 'may-i': true } })],
        strict,
      )
      let groups = 0
      const crashes = () => (++groups === crashAt ? ('crash' as const) : undefined)
      const first = await eb.open({ faults: ({ when }) => (when === 'after' ? crashes() : undefined) })
      const run = await eb.start()
      await eb.bed.idle()
      for (let waits = 0; !first.dead && waits < 20; waits++) await eb.bed.pass(500)
      if (first.dead) await eb.open()
      const { view, results } = await eb.finish(run)
      assert.equal(view.status, 'completed', `crash after commit ${crashAt}: ${view.reason}`)
      const scores = results[0]?.cases.map(({ name, mean }) => [name, mean])
      return { scores, calls: calls.length, groups, died: first.dead }
    }
    const undisturbed = await play(undefined)
    assert.deepEqual(undisturbed.scores, [
      ['Ada', 1],
      ['Bob', 0.25],
      ['Shy', 0.25],
    ])
    for (let at = 1; at <= undisturbed.groups; at += 3) {
      const { scores, calls } = await play(at)
      assert.deepEqual(scores, undisturbed.scores, `crash after commit ${at}`)
      // What was under way when the process died may have been begun again, in each of the two lanes.
      assert.ok(calls <= undisturbed.calls + 2, `crash after commit ${at}: ${calls} calls`)
    }
  })

  it('fails a case at once whose question nobody answers, and says which', async () => {
    const { agents } = noted()
    const eb = createEvalBed(agents, [loadedEval({ data: [greeting('Shy'), greeting('Ada')] })], strict)
    await eb.open()
    const { results } = await eb.finish(await eb.start())
    const [shy, ada] = results[0]?.cases ?? []
    assert.equal(ada?.mean, 1)
    assert.match(
      shy?.trials[0]?.error?.message ?? '',
      /^Nobody answers question 'may-i' of agent greeter \("May I\?"\): give the eval answers/,
    )
    const { status } = await eb.bed.service.run(eb.bed.caller, shy?.trials[0]?.run ?? '')
    assert.equal(status, 'cancelled')
  })

  it('cancels a case that is over its time', async () => {
    const { agents } = noted()
    const eb = createEvalBed(agents, [loadedEval({ data: [greeting('Slow')], timeout: '30s' })], strict)
    await eb.open()
    const { results } = await eb.finish(await eb.start())
    const [trial] = results[0]?.cases[0]?.trials ?? []
    assert.equal(trial?.error?.code, 'TIMEOUT')
    assert.equal(trial?.score, 0)
  })

  it('does not take a scorer that throws for a bad score', async () => {
    const { agents } = noted()
    const broken = () => {
      throw new Error('no such field')
    }
    const eb = createEvalBed(agents, [loadedEval({ data: [greeting('Ada')], scorers: { broken } })], strict)
    await eb.open()
    const { results } = await eb.finish(await eb.start())
    assert.equal(results[0]?.mean, undefined)
    assert.deepEqual(results[0]?.cases[0]?.trials[0]?.scores, [{ scorer: 'broken', error: 'no such field' }])
    assert.deepEqual(results[0]?.verdict.failures, ['scorer broken failed on 1 of 1 runs'])
  })

  it('asks a judge again whose answer cannot be used, and counts what all its answers cost', async () => {
    const { agents } = noted()
    let asked = 0
    const flaky = fakeModels(() => ({
      content: [{ type: 'text', text: ++asked < 2 ? 'Lovely!' : '{"grade":3,"reason":"fine"}' }],
      usage: { input: 10, output: 0, cachedInput: 0, cacheWrite: 0, reasoning: 0 },
    }))
    const scorers = { tone: modelJudged({ model: 'fake/judge', criteria: 'c' }) }
    const eb = createEvalBed(agents, [loadedEval({ data: [greeting('Ada')], scorers })], flaky)
    await eb.open()
    const { results } = await eb.finish(await eb.start())
    assert.equal(results[0]?.mean, 0.5)
    assert.deepEqual(results[0]?.judged, { nanos: 0, tokens: 20, unpriced: true })
  })

  it('repeats cases as often as it has trials', async () => {
    const { agents, calls } = noted()
    const eb = createEvalBed(agents, [loadedEval({ data: [greeting('Ada')], trials: 3 })], strict)
    await eb.open()
    const { results } = await eb.finish(await eb.start({ trials: 4 }))
    assert.equal(calls.length, 4)
    assert.deepEqual([results[0]?.mean, results[0]?.spread], [1, 0])
  })

  it('runs only the cases of a tag or a name', async () => {
    const { agents, calls } = noted()
    const data = [greeting('Ada'), { ...greeting('Bob'), tags: ['slow'] }, greeting('Cleo')]
    const eb = createEvalBed(agents, [loadedEval({ data })], strict)
    await eb.open()
    await eb.finish(await eb.start({ filter: 'slow' }))
    await eb.finish(await eb.start({ filter: 'cle' }))
    assert.deepEqual(calls, ['Bob', 'Cleo'])
    const { results } = await eb.finish(await eb.start({ filter: 'nobody', threshold: 1 }))
    assert.equal(results[0]?.verdict.passed, true)
  })

  it('makes cases of runs, and runs the same ones again when asked to', async () => {
    const { agents } = noted()
    const other = loadedEval({ name: 'other', data: [greeting('Ada')] })
    const eb = createEvalBed(agents, [loadedEval({ data: [runs({ limit: 2 })] as never }), other], strict)
    await eb.open()
    for (const name of ['Old', 'Ada', 'Bob']) await eb.bed.finish(await eb.bed.submit({ name }, { agent: 'greeter' }))
    const { results: first } = await eb.finish(await eb.start({ names: ['greets'] }))
    assert.deepEqual([first[0]?.cases.length, first[0]?.mean], [2, 1])
    await eb.bed.finish(await eb.bed.submit({ name: 'New' }, { agent: 'greeter' }))
    const { items } = await eb.bed.service.runs(eb.bed.caller, { agent: 'polis.eval' }, { limit: 1 })
    const { results: again } = await eb.finish(await eb.start({ repeat: items[0]?.run ?? '', baseline: 'last' }))
    assert.deepEqual(
      again[0]?.cases.map(({ key }) => key),
      first[0]?.cases.map(({ key }) => key),
    )
    assert.equal(again[0]?.baseline?.comparison.cases, 2)
    assert.equal(again.length, 1)
  })

  it('hands an eval over at once when its worker drains, and another goes on with it', async () => {
    const { agents, calls } = noted()
    const eb = createEvalBed(agents, [loadedEval({ data: [greeting('Ada'), greeting('Slow')], timeout: '2m' })], strict)
    const first = await eb.open()
    const run = await eb.start()
    await eb.bed.pass(5000)
    eb.draining.abort()
    const stopped = first.worker.stop({ timeout: 60_000 })
    await eb.bed.idle()
    await stopped
    await eb.open()
    const { results } = await eb.finish(run)
    assert.deepEqual(calls, ['Ada', 'Slow'])
    assert.equal(results[0]?.mean, 1)
  })

  it('does not go on with other scorers, or another release of the agent, than it began with', async () => {
    for (const what of ['file', 'agent']) {
      const { agents } = noted()
      const data = [greeting('Ada'), greeting('Slow')]
      const eb = createEvalBed(agents, [loadedEval({ data, timeout: '2m' })], strict)
      const first = await eb.open()
      const run = await eb.start()
      await eb.bed.pass(5000)
      first.kill()
      if (what === 'file') eb.evals = [loadedEval({ data, timeout: '2m', scorers: { right: () => 1 } }, 'code-2')]
      else eb.release = 'r2'
      await eb.open()
      const { view, results } = await eb.finish(run)
      assert.deepEqual(results, [])
      const [suite] = (view.output as SuiteResult).evals
      assert.equal(suite?.error?.code, 'CONFLICT')
      assert.match(suite?.error?.message ?? '', /has changed since this run of eval greets began: start it anew$/)
    }
  })

  it('gives a case that was interrupted its whole time again when the eval goes on', async () => {
    const { agents } = noted()
    const eb = createEvalBed(agents, [loadedEval({ data: [greeting('Slow')], timeout: '90s' })], strict)
    const first = await eb.open()
    const run = await eb.start()
    await eb.bed.pass(5000)
    first.kill()
    eb.bed.clock.advance(86_400_000)
    await eb.open()
    const { results } = await eb.finish(run)
    assert.equal(results[0]?.mean, 1)
  })

  it('has a step done again that was cut off, though it may run only once: that is what going on means', async () => {
    const calls: string[] = []
    const hang = Promise.withResolvers<void>()
    const greeter: AgentCode = async (scope) => {
      const call = () => (calls.push('sent') === 1 ? hang.promise : 'Hello, Ada')
      return step(scope, 'send', call, { effect: 'once', attempts: 1 })
    }
    const eb = createEvalBed({ greeter }, [loadedEval({ data: [greeting('Ada')] })], strict)
    const first = await eb.open()
    const run = await eb.start()
    await eb.bed.idle()
    first.kill()
    await eb.open()
    const { results } = await eb.finish(run)
    assert.deepEqual([calls.length, results[0]?.mean], [2, 1])
  })

  it('fails a case whose answer throws, and does not ask for it again and again', async () => {
    const { agents } = noted()
    let asked = 0
    const answers = () => {
      asked += 1
      throw new Error('no idea')
    }
    const eb = createEvalBed(agents, [loadedEval({ data: [greeting('Shy')], answers })], strict)
    await eb.open()
    const { results } = await eb.finish(await eb.start())
    assert.equal(asked, 1)
    assert.equal(
      results[0]?.cases[0]?.trials[0]?.error?.message,
      "The eval's answers failed on question 'may-i': no idea",
    )
  })

  it('refuses names that there are not, and room for one run only', async () => {
    const { agents } = noted()
    const eb = createEvalBed(agents, [loadedEval({ data: [greeting('Ada')] })], strict)
    await eb.open()
    const { view } = await eb.finish(await eb.start({ names: ['greet'] }))
    assert.equal(view.error?.code, 'NOT_FOUND')
    assert.equal(view.error?.details?.hint, 'Did you mean greets?')
  })
})
