import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { createClient, type RunEvent } from '../../src/client/index.ts'
import { systemClock } from '../../src/core/clock.ts'
import { createIds } from '../../src/core/id.ts'
import { systemRandom } from '../../src/core/random.ts'
import { createService } from '../../src/engine/service/create.ts'
import { openMemoryStore } from '../../src/store/memory/open.ts'
import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import type { Store } from '../../src/store/store.ts'
import { silentLog } from '../../src/telemetry/log.ts'
import { silentMetrics } from '../../src/telemetry/metrics-port.ts'
import { startRest } from './harness.ts'

const clock = systemClock()
const folder = await mkdtemp(join(tmpdir(), 'polis-rest-'))
after(() => rm(folder, { recursive: true }))

const STORES: Readonly<Record<string, () => Promise<Store>>> = {
  memory: async () => openMemoryStore({ clock }),
  sqlite: () => openSqliteStore({ path: join(folder, 'store.db'), durability: 'process', clock, log: silentLog }),
}

for (const [name, open] of Object.entries(STORES)) {
  describe(`the REST API over the real service on ${name}`, () => {
    test('a run is submitted once, listed, followed, cancelled, retained and removed', async () => {
      await using setup = await start(await open())
      const { runs } = setup.client
      const asked = { agent: 'echo', input: { text: 'hi' }, tags: { team: 'blue' }, session: 's-1' }
      const { run } = await runs.submit(asked, { key: 'k1' })
      assert.equal((await runs.submit(asked, { key: 'k1' })).run, run)
      await assert.rejects(runs.submit({ agent: 'echo', input: { text: 'other' } }, { key: 'k1' }), {
        code: 'IDEMPOTENCY_CONFLICT',
      })
      assert.deepEqual(
        (await runs.list({ tags: { team: 'blue' }, status: ['queued'] })).items.map((it) => it.run),
        [run],
      )
      assert.deepEqual((await runs.list({ tags: { team: 'red' } })).items, [])
      const events: RunEvent[] = []
      for await (const event of runs.follow(run)) {
        events.push(event)
        if (event.kind === 'run-submitted') assert.equal((await runs.cancel(run, 'enough')).status, 'cancelled')
      }
      const sequences = events.flatMap((event) => ('sequence' in event ? [event.sequence] : []))
      assert.deepEqual(
        sequences,
        sequences.map((_, index) => index + 1),
      )
      assert.equal(events.at(-1)?.kind, 'end')
      assert.deepEqual(await Array.fromAsync(runs.follow(run, { after: sequences.length }), ({ kind }) => kind), [
        'end',
      ])
      await assert.rejects(runs.cancel(run), { code: 'ALREADY_ENDED' })
      await runs.remove(run)
      await assert.rejects(runs.get(run), { code: 'NOT_FOUND' })
    })

    test('errors of the service keep their code and say where', async () => {
      await using setup = await start(await open())
      const { runs, agents, sessions, schedules } = setup.client
      await assert.rejects(runs.submit({ agent: 'ghost' }), { code: 'UNKNOWN_AGENT', message: /ghost.*echo/ })
      await assert.rejects(runs.submit({ agent: 'echo', input: { text: 5 } }), {
        code: 'INVALID_INPUT',
        message: /text/,
      })
      await assert.rejects(agents.get('ghost'), { code: 'UNKNOWN_AGENT' })
      await assert.rejects(sessions.get('none'), { code: 'NOT_FOUND' })
      await assert.rejects(schedules.put('bad', { agent: 'echo', cron: 'nonsense', input: { text: 'x' } }), {
        code: 'INVALID_ARGUMENT',
        message: /nonsense/i,
      })
      await assert.rejects(
        schedules.put('bad', { agent: 'echo', cron: '@daily', timeZone: 'Mars/Base', input: { text: 'x' } }),
        { code: 'INVALID_ARGUMENT', message: /Mars/ },
      )
      for (const cursor of ['nonsense', '%00', 'a'.repeat(2000), '{"x":1}']) {
        await assert.rejects(runs.list({ cursor }), { code: 'INVALID_ARGUMENT' }, `cursor ${cursor.slice(0, 20)}`)
      }
    })

    test('runs of a release are counted until they are over, over all tenants', async () => {
      await using setup = await start(await open())
      const { client, service } = setup
      const count = async () =>
        (await client.releases.list()).find(({ agent, release }) => agent === 'echo' && release === 'r1')?.count ?? 0
      const before = await count()
      const callers = [{ tenant: 'acme' }, { tenant: 'other' }]
      const submitted = await Promise.all(
        callers.map((caller) => service.submit(caller, { agent: 'echo', input: { text: 'x' } })),
      )
      assert.equal(await count(), before + 2)
      for (const [at, { run }] of submitted.entries()) await service.cancel(callers[at] ?? assert.fail(), run.run)
      assert.equal(await count(), before)
    })

    test('pages of runs neither repeat nor miss one', async () => {
      await using setup = await start(await open())
      const { runs } = setup.client
      const submitted: string[] = []
      for (let n = 0; n < 12; n++)
        submitted.push((await runs.submit({ agent: 'echo', input: { text: `${n}` }, tags: { page: 'yes' } })).run)
      const listed = await Array.fromAsync(runs.iterate({ tags: { page: 'yes' }, limit: 5 }), ({ run }) => run)
      assert.deepEqual(listed, submitted.reverse())
    })

    test('sessions are begun, named, tagged, listed and removed', async () => {
      await using setup = await start(await open())
      const { sessions } = setup.client
      const begun = await sessions.create({ agent: 'echo', title: ' Mine ', tags: { team: 'blue' }, ttl: '30d' })
      assert.deepEqual([begun.title, begun.ttl], ['Mine', 30 * 86_400_000])
      const { session } = begun
      await assert.rejects(sessions.create({ agent: 'echo', session }), { code: 'CONFLICT' })
      await assert.rejects(sessions.create({ agent: 'ghost' }), { code: 'UNKNOWN_AGENT' })
      await assert.rejects(sessions.create({ agent: 'echo', ttl: 'soon' }), {
        code: 'INVALID_ARGUMENT',
        message: /ttl/,
      })
      const changed = await sessions.change(session, { title: null, ttl: null, tags: { team: 'red' } })
      assert.deepEqual([changed.title, changed.ttl, changed.tags], [undefined, undefined, { team: 'red' }])
      await assert.rejects(sessions.change('none', { title: 'x' }), { code: 'NOT_FOUND' })
      const found = async (filter: object) => (await sessions.list(filter)).items.map((it) => it.session)
      assert.deepEqual(await found({ tags: { team: 'red' }, agent: 'echo', active: false }), [session])
      assert.deepEqual(await found({ active: true }), [])
      await assert.rejects(sessions.send(session, 'Hello'), { code: 'INVALID_INPUT', message: /takes no messages/ })
      assert.deepEqual((await sessions.messages(session)).items, [])
      await assert.rejects(sessions.messages(session, { after: 'nonsense' }), { code: 'INVALID_ARGUMENT' })
      await assert.rejects(sessions.follow(session, { after: 'nonsense' }).next(), { code: 'INVALID_ARGUMENT' })
      await sessions.remove(session)
      await assert.rejects(sessions.remove(session), { code: 'NOT_FOUND' })
    })

    test('schedules, pauses and blobs work end to end', async () => {
      await using setup = await start(await open())
      const { runs, schedules, blobs } = setup.client
      assert.equal(
        (
          await schedules.put('nightly', {
            agent: 'echo',
            cron: '0 3 * * *',
            timeZone: 'Europe/Berlin',
            input: { text: 'x' },
          })
        ).source,
        'api',
      )
      assert.deepEqual(
        (await schedules.list()).map((it) => it.name),
        ['nightly'],
      )
      await schedules.remove('nightly')
      const { run } = await runs.submit({ agent: 'echo', input: { text: 'x' } })
      assert.equal((await runs.pause(run)).status, 'paused')
      assert.notEqual((await runs.resume(run)).status, 'paused')
      const { hash } = await blobs.put('hello', { name: 'a.txt', mediaType: 'text/plain' })
      assert.equal(await new Response(await blobs.get(hash)).text(), 'hello')
      await assert.rejects(blobs.get('0'.repeat(64)), { code: 'NOT_FOUND' })
    })
  })
}

async function start(store: Store) {
  const input = { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] }
  const agents = [
    { name: 'echo', description: '', release: 'r1', input, output: {}, limits: {}, session: 'enqueue' as const },
  ]
  const service = createService({
    ...{ store, clock, agents: () => agents, log: silentLog, metrics: silentMetrics },
    ids: createIds(clock, systemRandom()),
  })
  const rest = await startRest({ real: service, blobs: store.blob })
  return {
    service,
    client: createClient({ url: rest.listener.url }),
    async [Symbol.asyncDispose]() {
      await rest[Symbol.asyncDispose]()
      await store.close()
    },
  }
}
