import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { silentLog } from '../telemetry/log.ts'
import { silentMetrics } from '../telemetry/metrics.ts'
import { runOnce } from './fake/test-bed.ts'
import { webhookProgram } from './webhook.ts'

const input = { url: 'https://example.test/hook', id: 'run_1.2', event: { run: 'run_1' } }

function deliver(answers: readonly (number | Error)[]) {
  const requests: { url: string; init: RequestInit }[] = []
  const fetch = async (url: unknown, init: RequestInit = {}) => {
    requests.push({ url: String(url), init })
    const answer = answers[Math.min(requests.length, answers.length) - 1] ?? 200
    if (answer instanceof Error) throw answer
    return new Response(null, { status: answer })
  }
  const program = webhookProgram({ fetch: fetch as typeof globalThis.fetch, log: silentLog, metrics: silentMetrics })
  return runOnce((scope) => program.run(scope, input), null).then(({ view }) => ({ view, requests }))
}

describe('a webhook', () => {
  it('is posted once, with an id that receivers drop repeats by', async () => {
    const { view, requests } = await deliver([204])
    assert.deepEqual(view.output, { status: 204 })
    assert.equal(requests.length, 1)
    const { method, headers, redirect } = requests[0]?.init ?? {}
    assert.deepEqual([method, redirect], ['POST', 'manual'])
    assert.equal((headers as Record<string, string>)['idempotency-key'], input.id)
  })

  it('is repeated until the receiver takes it', async () => {
    const { view, requests } = await deliver([500, new Error('refused'), 429, 200])
    assert.equal(view.status, 'completed')
    assert.equal(requests.length, 4)
  })

  it('is not repeated where the receiver says that the request is wrong', async () => {
    const { view, requests } = await deliver([400])
    assert.deepEqual([view.status, requests.length], ['failed', 1])
    assert.match(view.error?.message ?? '', /example\.test answered 400/)
  })
})
