import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { manualClock } from '../core/manual-clock.ts'
import { createLog } from '../telemetry/log.ts'
import { createMetrics } from '../telemetry/metrics.ts'
import { asking, calm, modelsOf } from './fixture.ts'
import { defineScript, type ScriptRule } from './scripted/script.ts'

type More = { readonly limits?: object; readonly breaker?: object; readonly timeouts?: object }

function observed(rules: readonly ScriptRule[], more: More = {}) {
  const lines: string[] = []
  const log = createLog({ level: 'debug', format: 'json', destination: { write: (line: string) => lines.push(line) } })
  const clock = manualClock()
  const metrics = createMetrics({ service: 'test', version: '1', environment: 'test' })
  const providers = { demo: { kind: 'scripted', script: defineScript(rules), ...more } as const }
  const { models } = modelsOf({ providers, prices: { 'demo/m': { input: 0, output: 10 } } }, { log, metrics, clock })
  const series = async (start: string) => (await metrics.text()).split('\n').filter((line) => line.startsWith(start))
  return { models, clock, lines, series }
}

test('Each call is counted with its tokens and its cost, and one line tells of it without its content', async () => {
  const { models, lines, series } = observed([{ say: 'a secret answer', usage: { output: 7 } }])
  await models.call(asking('demo/m', 'a secret question'), { signal: calm, onDelta: () => {}, key: 'run/model' })
  assert.deepEqual(await series('model_calls_total'), ['model_calls_total{provider="demo",model="m",status="ok"} 1'])
  assert.match((await series('model_tokens_total')).join('\n'), /direction="output"\} 7$/m)
  assert.match((await series('model_cost_dollars_total')).join(), /provider="demo",model="m".*\} 0\.00007$/)
  assert.equal((await series('model_time_to_first_token_seconds_count')).length, 1)
  assert.equal(lines.length, 1)
  assert.partialDeepStrictEqual(JSON.parse(lines[0] ?? ''), {
    provider: 'demo',
    model: 'm',
    status: 'ok',
    key: 'run/model',
  })
  assert.doesNotMatch(lines.join(''), /secret/)
})

test('Each way to fail is a status of its own', async () => {
  const statuses = {
    'rate-limit': 'rate_limited',
    overloaded: 'unavailable',
    refused: 'filtered',
    rejected: 'error',
  } as const
  for (const [kind, status] of Object.entries(statuses)) {
    const { models, series } = observed([{ fault: { kind: kind as keyof typeof statuses } }])
    await assert.rejects(models.call(asking('demo/m', 'hi'), { signal: calm }))
    assert.match((await series('model_calls_total')).join(), new RegExp(`status="${status}"`))
  }
})

test('After failures in a row a provider is left alone, which costs nothing, and asked again after its cooldown', async () => {
  const fault = { kind: 'overloaded', times: 2 } as const
  const { models, clock, series } = observed([{ fault, say: 'well again' }], {
    breaker: { failures: 2, cooldown: '10s' },
  })
  const call = () => models.call(asking('demo/m', 'hi'), { signal: calm, key: 'k' })
  await assert.rejects(call(), { code: 'MODEL_UNAVAILABLE' })
  await assert.rejects(call(), { code: 'MODEL_UNAVAILABLE' })
  await assert.rejects(call(), {
    message: /has failed several times in a row and is left alone for 10s \(models\.providers\.demo\.breaker\)/,
    details: { provider: 'demo', model: 'demo/m', reason: 'breaker', sent: false, received: false, retryAfter: 10_000 },
  })
  clock.advance(10_000)
  assert.equal((await call()).finish, 'stop')
  assert.match((await series('model_calls_total')).join(), /status="unavailable"\} 3/)
})

test('A silent provider is a timeout that names its option', async () => {
  const { models, clock } = observed([{ fault: { kind: 'slow' } }], { timeouts: { total: '1m', firstToken: '5s' } })
  const streamed = models.call(asking('demo/m', 'hi'), { signal: calm, onDelta: () => {} })
  const whole = models.call(asking('demo/m', 'hi'), { signal: calm })
  await turn()
  clock.advance(60_000)
  await assert.rejects(streamed, {
    code: 'MODEL_TIMEOUT',
    message: 'Model demo/m: no answer began within 5s (models.providers.demo.timeouts.firstToken)',
  })
  await assert.rejects(whole, {
    code: 'MODEL_TIMEOUT',
    message: /not complete within 1m \(models\.providers\.demo\.timeouts\.total\)/,
  })
})

test('A call that is given up while it waits for its turn has reached nobody; one under way may have', async () => {
  const { models, series } = observed([{ fault: { kind: 'slow' } }], { limits: { concurrency: 1 } })
  const [first, second] = [new AbortController(), new AbortController()]
  const running = models.call(asking('demo/m', 'hi'), { signal: first.signal })
  const waiting = models.call(asking('demo/m', 'hi'), { signal: second.signal })
  await turn()
  second.abort(new Error('enough'))
  await assert.rejects(waiting, (error: { code: string; details: { sent: boolean } }) => {
    assert.deepEqual([error.code, error.details.sent], ['CANCELLED', false])
    return true
  })
  first.abort(new Error('enough'))
  await assert.rejects(running, (error: { code: string; details: { sent: boolean } }) => {
    assert.deepEqual([error.code, error.details.sent], ['CANCELLED', true])
    return true
  })
  assert.match((await series('model_calls_total')).join(), /status="cancelled"\} 2/)
})

test('Closing ends what is under way', async () => {
  const { models } = observed([{ fault: { kind: 'slow' } }])
  const running = models.call(asking('demo/m', 'hi'), { signal: calm })
  await turn()
  await models.close()
  await assert.rejects(running, { code: 'CANCELLED' })
})
