import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, get, type IncomingMessage } from 'node:http'
import { describe, test } from 'node:test'
import { systemClock } from '../../src/core/clock.ts'
import { CONTRACT, type Contract } from '../../src/core/route/contract.ts'
import type { OperationId } from '../../src/core/route/operation.ts'
import { problem } from '../../src/core/route/resource-schema.ts'
import { listen } from '../../src/server/listener.ts'
import { type Metrics, silentMetrics } from '../../src/telemetry/metrics-port.ts'
import { createFakeBlobs, createRest, eventually, JSON_TYPE, startRest, submit } from './harness.ts'
import { rawRequest, sendRaw } from './raw-request.ts'

describe('submitting', () => {
  test('answers at once with the place of the run', async () => {
    await using rest = await startRest()
    const response = await submit(rest, { agent: 'slow', input: { a: 1 } })
    const run = (await response.json()) as { run: string }
    assert.equal(response.status, 202)
    assert.equal(response.headers.get('location'), `/api/v1/runs/${run.run}`)
  })

  test('waits for the end when asked to, in the header or the query, and no longer than asked', async () => {
    await using rest = await startRest()
    const ended = await submit(rest, { agent: 'echo', input: 7 }, '', { prefer: 'wait=5' })
    assert.equal(ended.status, 200)
    assert.equal(ended.headers.get('preference-applied'), 'wait=5')
    const waiting = submit(rest, { agent: 'slow' }, '?wait=5s')
    await eventually(() => rest.service.calls.includes('wait run_00000000000000000000000002'))
    rest.service.complete('run_00000000000000000000000002', 'late')
    assert.equal(((await (await waiting).json()) as { output: unknown }).output, 'late')
    const timedOut = await submit(rest, { agent: 'slow' }, '?wait=20ms')
    assert.equal(timedOut.status, 202)
  })

  test('takes the input alone, under the path of its agent', async () => {
    await using rest = await startRest()
    const response = await fetch(`${rest.api}/agents/echo/runs?wait=1s&session=s1&tag=team:blue`, {
      method: 'POST',
      headers: { ...JSON_TYPE, 'idempotency-key': 'k' },
      body: '[1,2]',
    })
    assert.equal(response.status, 200)
    assert.deepEqual(rest.service.calls.slice(0, 1), [
      'submit {"agent":"echo","input":[1,2],"session":"s1","tags":{"team":"blue"},"key":"k","by":"local"}',
    ])
  })

  test('a draining process takes no new run, and goes on answering', async () => {
    await using rest = await startRest()
    rest.gate.draining = true
    const response = await submit(rest, { agent: 'echo' })
    assert.equal(response.status, 503)
    assert.equal(problem.parse(await response.json()).code, 'SHUTTING_DOWN')
    assert.equal(response.headers.get('retry-after'), '1')
    assert.equal((await fetch(`${rest.api}/runs`)).status, 200)
  })

  test('a draining process beside others takes runs for them, and sends clients elsewhere', async () => {
    await using rest = await startRest()
    Object.assign(rest.gate, { draining: true, shared: true })
    const response = await submit(rest, { agent: 'echo' })
    assert.equal(response.status, 202)
    assert.equal(response.headers.get('connection'), 'close')
  })

  test('a process beside others that closes answers whoever is connected, and says that it does', async () => {
    await using rest = await startRest()
    rest.gate.shared = true
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    assert.equal(await connectionOf(rest, agent), 'keep-alive')
    const closed = rest.listener.close()
    assert.equal(await connectionOf(rest, agent), 'close')
    await closed
    await assert.rejects(fetch(`${rest.api}/runs`))
  })

  test('a connection is kept for half a minute: the next one may lead to another process', async () => {
    const clock = { ...systemClock() }
    await using rest = await startRest({ clock })
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    assert.equal(await connectionOf(rest, agent), 'keep-alive')
    const now = clock.now
    clock.now = () => now() + 30_000
    assert.deepEqual([await connectionOf(rest, agent), await connectionOf(rest, agent)], ['close', 'keep-alive'])
  })

  test('an error that nobody foresaw is 500 without a word of it, and is logged whole', async () => {
    const logged: unknown[] = []
    const log = {
      debug() {},
      info() {},
      warn() {},
      error: (fields: object) => void logged.push(fields),
      child: () => log,
    }
    await using rest = await startRest({ log })
    rest.service.failure = new Error('SQLITE_IOERR at /srv/store.db')
    const response = await submit(rest, { agent: 'echo' }, '', { 'x-request-id': 'trace-me' })
    assert.equal(response.status, 500)
    assert.equal(response.headers.get('x-request-id'), 'trace-me')
    assert.doesNotMatch(await response.text(), /SQLITE|srv/)
    assert.deepEqual(logged, [{ request: 'trace-me', code: 'INTERNAL', error: rest.service.failure }])
  })
})

test('metrics have patterns of routes, never paths, and what no route matches is `unmatched`', async () => {
  const seen: string[] = []
  const metrics: Metrics = {
    ...silentMetrics,
    increment: (name, labels) => void seen.push(`${name} ${Object.values(labels).join(' ')}`),
  }
  await using rest = await startRest({ metrics })
  await fetch(`${rest.api}/runs/run_00000000000000000000000009`)
  await fetch(`${rest.api}/sessions/anything`)
  await fetch(`${rest.api}/made/up/path`)
  await fetch(`${rest.api}/runs`, { method: 'PUT' })
  await sendRaw(rest, rawRequest('GET /api/v1/runs/%zz HTTP/1.1'))
  await eventually(() => seen.length >= 5)
  assert.deepEqual(seen.sort(), [
    'http_requests_total GET /api/v1/runs/:run 404',
    'http_requests_total GET /api/v1/sessions/:session 404',
    'http_requests_total GET unmatched 400',
    'http_requests_total GET unmatched 404',
    'http_requests_total PUT unmatched 405',
  ])
})

test('the time that a request waits for a run is not counted as time to answer it', async () => {
  const seen: [string, number][] = []
  const metrics: Metrics = { ...silentMetrics, observe: (name, _labels, value) => void seen.push([name, value]) }
  let now = 0
  await using rest = await startRest({ metrics, clock: { ...systemClock(), now: () => now } })
  const waiting = submit(rest, { agent: 'slow' }, '?wait=5s')
  await eventually(() => rest.service.calls.includes('wait run_00000000000000000000000001'))
  now += 60_000
  rest.service.complete('run_00000000000000000000000001', 'late')
  assert.equal((await waiting).status, 200)
  await eventually(() => seen.length > 0)
  assert.deepEqual(seen, [['http_request_duration_seconds', 0]])
})

test('every response has the headers that keep it from being a page, and says nothing of the server', async () => {
  await using rest = await startRest()
  const { hash } = await createFakeBlobs().put('default', new Uint8Array(1))
  for (const path of ['/agents', '/nothing', `/blobs/${hash}`]) {
    const { headers } = await fetch(rest.api + path)
    assert.equal(headers.get('x-content-type-options'), 'nosniff', path)
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'/)
    assert.equal(headers.get('x-powered-by') ?? headers.get('server'), null)
    assert.match(headers.get('x-request-id') ?? '', /^request_/)
  }
})

test('a blob of HTML is an attachment and not a page', async () => {
  await using rest = await startRest()
  const page = '<script>alert(1)</script>'
  const stored = await fetch(`${rest.api}/blobs`, {
    method: 'POST',
    headers: { 'content-type': 'text/html', 'polis-name': 'a%22%0D%0Ab.html' },
    body: page,
  })
  const { hash } = (await stored.json()) as { hash: string }
  const { headers } = await fetch(`${rest.api}/blobs/${hash}`)
  assert.equal(headers.get('content-disposition'), "attachment; filename*=UTF-8''a%22%0D%0Ab.html")
  assert.match(headers.get('content-security-policy') ?? '', /sandbox/)
})

test('answers are what the contract says', async () => {
  await using rest = await startRest()
  await submit(rest, { agent: 'echo', input: 1, session: 's' })
  await fetch(`${rest.api}/schedules/nightly`, {
    method: 'PUT',
    headers: JSON_TYPE,
    body: '{"agent":"echo","cron":"@daily"}',
  })
  const paths: Partial<Record<OperationId, string>> = {
    ...{
      listRuns: '/runs',
      getRun: '/runs/run_00000000000000000000000001',
      listEntries: '/runs/run_00000000000000000000000001/entries',
    },
    ...{
      listQuestions: '/questions',
      listSessions: '/sessions',
      getSession: '/sessions/s',
      listAgents: '/agents',
      getAgent: '/agents/echo',
    },
    ...{
      listSchedules: '/schedules',
      getSchedule: '/schedules/nightly',
      listReleases: '/releases',
      listWorkers: '/workers',
      getOpenApi: '/openapi.json',
      listCosts: '/costs?by=tag:team&from=2026-01-31',
      listBudgets: '/budgets?key=session/s1',
    },
  }
  for (const [id, path] of Object.entries(paths) as [OperationId, string][]) {
    const answer = (CONTRACT[id] as Contract).answers[200]
    const body: unknown = await (await fetch(rest.api + path)).json()
    assert.ok(answer?.kind === 'json')
    assert.deepEqual(answer.schema.parse(body), body, id)
  }
})

test('costs are summed up by what the query names, and by nothing else', async () => {
  await using rest = await startRest()
  await fetch(`${rest.api}/costs`)
  await fetch(`${rest.api}/costs?by=tag:a:b`)
  assert.deepEqual(rest.service.calls.slice(-2), ['costs agent', 'costs tag'])
  for (const by of ['tag', 'tag:', 'month', 'agent:x']) {
    const answer = await fetch(`${rest.api}/costs?by=${by}`)
    assert.equal(answer.status, 400)
    assert.match(await answer.text(), /expected agent, model, session, day or tag:NAME/)
  }
})

test('a port that is taken is named, with what to do', async () => {
  await using rest = await startRest()
  const { app } = await createRest()
  await assert.rejects(listen(app, { host: '127.0.0.1', port: rest.listener.port }), {
    code: 'PORT_IN_USE',
    message: new RegExp(`Port ${rest.listener.port} on 127\\.0\\.0\\.1 is in use.*server\\.port`),
  })
  await app.close()
})

/** What a request on the connection of this agent is told of it. */
async function connectionOf({ api }: { readonly api: string }, agent: Agent): Promise<string | undefined> {
  const [response] = (await once(get(`${api}/runs`, { agent }), 'response')) as [IncomingMessage] // As Node says.
  assert.equal(response.statusCode, 200)
  response.resume()
  await once(response, 'close')
  return response.headers.connection
}
