import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Client, createClient, type Fetch, PolisError, type RunEvent } from '../../src/client/index.ts'
import { type Clock, systemClock } from '../../src/core/clock.ts'
import { createInjectFetch } from '../../src/server/rest/inject-fetch.ts'
import { eventually, type Rest, startRest } from './harness.ts'

const ways: Readonly<Record<string, (rest: Rest) => Client>> = {
  'over a socket': (rest) => createClient({ url: rest.listener.url }),
  'in the same process': (rest) => createClient({ url: 'http://localhost', fetch: createInjectFetch(rest.app) }),
}

for (const [way, connect] of Object.entries(ways)) {
  describe(`the client, ${way}`, () => {
    test('submits a run and gets it', async () => {
      await using rest = await startRest()
      const client = connect(rest)
      const run = await client.runs.submit({ agent: 'echo', input: { n: 1 }, tags: { team: 'blue' } }, { wait: '5s' })
      assert.equal(run.status, 'completed')
      assert.deepEqual(run.output, { n: 1 })
      assert.deepEqual(await client.runs.get(run.run), run)
    })

    test('submits with a key once', async () => {
      await using rest = await startRest()
      const client = connect(rest)
      const first = await client.runs.submit({ agent: 'slow' }, { key: 'k' })
      assert.equal((await client.runs.submit({ agent: 'slow' }, { key: 'k' })).run, first.run)
      await assert.rejects(client.runs.submit({ agent: 'slow', input: 2 }, { key: 'k' }), {
        code: 'IDEMPOTENCY_CONFLICT',
      })
    })

    test('lists page by page', async () => {
      await using rest = await startRest()
      const client = connect(rest)
      for (let n = 0; n < 7; n++) await client.runs.submit({ agent: 'echo', input: n })
      const page = await client.runs.list({ agent: 'echo', status: ['completed'], limit: 3 })
      assert.equal(page.items.length, 3)
      assert.ok(page.cursor)
      const all = await Array.fromAsync(client.runs.iterate({ limit: 3 }))
      assert.deepEqual(
        all.map(({ output }) => output),
        [6, 5, 4, 3, 2, 1, 0],
      )
    })

    test('commands runs', async () => {
      await using rest = await startRest()
      const { runs } = connect(rest)
      const { run } = await runs.submit({ agent: 'slow' })
      assert.equal((await runs.pause(run)).status, 'paused')
      assert.equal((await runs.resume(run)).status, 'queued')
      await runs.answer(run, 'gate/approve#2', { yes: true })
      await runs.send(run, { name: 'note', data: [1], id: 'm1' })
      await assert.rejects(runs.remove(run), { code: 'CONFLICT' })
      assert.equal((await runs.cancel(run, 'no more')).status, 'cancelled')
      assert.notEqual((await runs.fork(run, 1)).run, run)
      await assert.rejects(runs.cancel(run), { code: 'ALREADY_ENDED' })
      assert.equal((await runs.entries(run, { after: 1 }))[0]?.kind, 'run-cancelled')
      await runs.remove(run)
      await assert.rejects(runs.get(run), { code: 'NOT_FOUND' })
      assert.ok(rest.service.calls.includes('answer gate/approve#2 {"yes":true}'))
      assert.ok(rest.service.calls.includes('send {"name":"note","data":[1],"id":"m1"}'))
    })

    test('reaches agents, sessions, schedules, questions, releases and workers', async () => {
      await using rest = await startRest()
      const client = connect(rest)
      assert.deepEqual(
        (await client.agents.list()).map(({ name }) => name),
        ['echo', 'slow'],
      )
      assert.equal((await client.agents.get('slow')).limits.concurrency, 2)
      await client.runs.submit({ agent: 'slow', session: 'chat-1' })
      assert.deepEqual((await client.sessions.get('chat-1')).state, { n: 1 })
      assert.equal((await client.sessions.list()).items.length, 1)
      await client.sessions.remove('chat-1')
      await assert.rejects(client.sessions.get('chat-1'), { code: 'NOT_FOUND' })
      assert.equal((await client.schedules.put('nightly', { agent: 'echo', cron: '0 3 * * *' })).timeZone, 'UTC')
      assert.equal((await client.schedules.list()).length, 1)
      assert.equal((await client.schedules.get('nightly')).cron, '0 3 * * *')
      await client.schedules.remove('nightly')
      assert.equal((await client.questions.list()).items[0]?.id, 'a/b#2')
      assert.deepEqual(await client.releases.list(), [{ agent: 'echo', release: 'r1', count: 3 }])
      assert.equal((await client.workers.list())[0]?.worker, 'worker_1')
    })

    test('stores and reads bytes', async () => {
      await using rest = await startRest()
      const { blobs } = connect(rest)
      const bytes = new Uint8Array(300_000).map((_, index) => index % 251)
      const { hash, size } = await blobs.put(bytes, { name: 'Übersicht 1.bin', mediaType: 'application/x-test' })
      assert.equal(size, bytes.length)
      assert.deepEqual(new Uint8Array(await new Response(await blobs.get(hash)).arrayBuffer()), bytes)
      assert.deepEqual(await blobs.head(hash), { hash, size, mediaType: 'application/x-test' })
    })

    test('follows a run to its end, with transient events', async () => {
      await using rest = await startRest()
      const { runs } = connect(rest)
      const { run } = await runs.submit({ agent: 'slow' })
      const seen: RunEvent[] = []
      for await (const event of runs.follow(run)) {
        seen.push(event)
        if (event.kind === 'run-submitted')
          rest.transients.publish({ tenant: 'default', run, step: 'a', kind: 'delta', data: 'he' })
        if (event.kind === 'delta') rest.service.complete(run, 'done')
      }
      assert.deepEqual(
        seen.map(({ kind }) => kind),
        ['run-submitted', 'delta', 'run-completed', 'end'],
      )
      const last = seen.at(-1)
      assert.equal(last?.kind === 'end' && last.run.output, 'done')
    })

    test('lets go of the server when it stops following', async () => {
      await using rest = await startRest()
      const { runs } = connect(rest)
      const { run } = await runs.submit({ agent: 'slow' })
      for await (const event of runs.follow(run)) if (event.kind === 'run-submitted') break
      await eventually(() => rest.service.followers() === 0)
      const stop = new AbortController()
      const following = Array.fromAsync(runs.follow(run, { signal: stop.signal }))
      await eventually(() => rest.service.followers() === 1)
      stop.abort(new Error('enough'))
      await assert.rejects(following, /enough/)
      await eventually(() => rest.service.followers() === 0)
    })

    test('gets errors with their codes', async () => {
      await using rest = await startRest()
      const { runs } = connect(rest)
      await assert.rejects(
        runs.submit({ agent: 'ghost' }),
        (error: PolisError) => error instanceof PolisError && error.code === 'UNKNOWN_AGENT',
      )
      await assert.rejects(runs.submit({ agent: 'echo', input: 'bad' }), (error: PolisError) => {
        assert.equal(error.code, 'INVALID_INPUT')
        assert.deepEqual(error.details.errors, [{ path: '$.name', message: 'expected a text' }])
        return true
      })
    })
  })
}

test('following survives a server that is restarted, without repeating or missing an entry', async () => {
  const first = await startRest()
  const { runs } = createClient({ url: first.listener.url })
  const { run } = await runs.submit({ agent: 'slow' })
  const stream = runs.follow(run)
  const sequences: number[] = []
  let second: Rest | undefined
  for await (const event of stream) {
    if (!('sequence' in event)) continue
    sequences.push(event.sequence)
    if (event.sequence === 3) {
      await first[Symbol.asyncDispose]()
      second = await startRest({ service: first.service, port: first.listener.port })
    }
    if (event.sequence < 8)
      first.service.append(run, 'event-emitted', { id: 'e', index: 0, name: 'n', data: event.sequence })
    if (event.sequence === 8) first.service.complete(run, null)
  }
  await second?.[Symbol.asyncDispose]()
  assert.deepEqual(sequences, [1, 2, 3, 4, 5, 6, 7, 8, 9])
})

test('following survives connections that are cut after any number of bytes', async () => {
  await using rest = await startRest()
  const { run } = await createClient({ url: rest.listener.url }).runs.submit({ agent: 'slow' })
  for (let n = 0; n < 30; n++)
    rest.service.append(run, 'event-emitted', { id: `é${n}`, index: n, name: 'naïve', data: '🤖'.repeat(n % 7) })
  rest.service.complete(run, 'done')
  let cuts = 0
  const cutting: Fetch = async (url, init) => {
    const response = await fetch(url, init)
    const limit = 300 + ((++cuts * 137) % 900)
    return new Response(response.body?.pipeThrough(cutAfter(limit)), response)
  }
  const { runs } = createClient({ url: rest.listener.url, fetch: cutting, clock: hasty })
  const sequences: number[] = []
  for await (const event of runs.follow(run)) if ('sequence' in event) sequences.push(event.sequence)
  assert.deepEqual(
    sequences,
    Array.from({ length: 32 }, (_, index) => index + 1),
  )
  assert.ok(cuts > 5, `${cuts} connections`)
})

test('a busy server is asked again, as late as it wishes, when repeating does no harm', async () => {
  const asked: number[] = []
  const waits: number[] = []
  const busy: Fetch = async () => {
    asked.push(asked.length)
    if (asked.length < 3)
      return Response.json({ code: 'RATE_LIMITED', detail: 'slower' }, { status: 429, headers: { 'retry-after': '7' } })
    return Response.json({ items: [] })
  }
  const clock = {
    now: () => 0,
    setTimer(at: number, fire: () => void) {
      waits.push(at)
      queueMicrotask(fire)
      return () => {}
    },
  }
  const client = createClient({ url: 'http://x', fetch: busy, clock })
  assert.deepEqual(await client.agents.list(), [])
  assert.deepEqual(waits, [7000, 7000])
  asked.length = 0
  await assert.rejects(client.runs.submit({ agent: 'echo' }), { code: 'RATE_LIMITED' })
  assert.equal(asked.length, 1, 'a submit without a key is not repeated')
})

test('a server that is not there is named, after a few attempts', async () => {
  const gone = await startRest()
  await gone[Symbol.asyncDispose]()
  const client = createClient({ url: gone.listener.url, clock: hasty })
  await assert.rejects(
    client.agents.list(),
    /The server at http:\/\/127\.0\.0\.1:\d+ cannot be reached: .*ECONNREFUSED.*Is it running\?/,
  )
})

// Delays between attempts are skipped; only the watch for silent connections runs on real time.
const hasty: Clock = {
  now: Date.now,
  setTimer(at, fire) {
    if (at - Date.now() > 20_000) return systemClock({ unref: true }).setTimer(at, fire)
    const handle = setImmediate(fire)
    return () => clearImmediate(handle)
  },
}

function cutAfter(limit: number): TransformStream<Uint8Array, Uint8Array> {
  let left = limit
  return new TransformStream({
    transform(chunk, controller) {
      controller.enqueue(chunk.subarray(0, left))
      left -= chunk.byteLength
      if (left <= 0) controller.error(new Error('connection cut'))
    },
  })
}
