import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { PolisError } from '../../core/error.ts'
import { manualClock } from '../../core/manual-clock.ts'
import { parseSettings } from '../../core/settings.ts'
import { silentLog } from '../../telemetry/log.ts'
import { launchThread } from './launch.ts'
import type { Catalogue, FromThread, Spawn, ThreadListener, ToThread } from './message.ts'
import { createWorkerHost, WORKER_LIMITS } from './worker-host.ts'

interface FakeThread {
  readonly listener: ThreadListener
  readonly posted: ToThread[]
  terminated: boolean
}

test('A thread that dies is replaced, each time after twice the delay, and is not ready meanwhile', async () => {
  const { host, threads, clock, lost } = await start()
  for (const delay of [100, 200, 400]) {
    threads.at(-1)?.listener.ended({ code: 1, error: new TypeError('boom') })
    await turn()
    assert.throws(host.check, /An error that no agent caught .*boom/)
    clock.advance(delay - 1)
    await turn()
    const before = threads.length
    clock.advance(1)
    await turn()
    assert.equal(threads.length, before + 1)
    host.check()
  }
  assert.equal(lost.length, 3)
  assert.equal(lost[0]?.code, 'WORKER_LOST')
})

test('A thread that lasted is replaced after the first delay again', async () => {
  const { threads, clock } = await start()
  threads[0]?.listener.ended({ code: 1 })
  await turn()
  clock.advance(100)
  await turn()
  clock.advance(60_000)
  threads[1]?.listener.ended({ code: 1 })
  await turn()
  clock.advance(100)
  await turn()
  assert.equal(threads.length, 3)
})

test('A replacement that cannot load its code is tried again', async () => {
  const { threads, clock, behaviour, host } = await start()
  behaviour.load = 'fail'
  threads[0]?.listener.ended({ code: 1 })
  await turn()
  clock.advance(100)
  await turn()
  assert.throws(host.check, /agents\/a\.ts/)
  behaviour.load = 'succeed'
  clock.advance(200)
  await turn()
  host.check()
  assert.deepEqual(kinds(threads.at(-1)), ['start'])
})

test('A reload starts the new code before it stops the old', async () => {
  const { host, threads, behaviour, catalogues } = await start()
  behaviour.release = 'two'
  const reload = host.reload(500)
  await turn()
  assert.deepEqual(threads[0]?.posted.at(-1), { kind: 'stop', timeout: 500 })
  assert.deepEqual(kinds(threads[1]), ['start'])
  threads[0]?.listener.ended({ code: 0 })
  await reload
  assert.equal(host.catalogue().agents[0]?.release, 'two')
  assert.equal(catalogues.length, 1)
  host.check()
})

test('A reload that fails, by its code or by its start, leaves the old thread at work', async () => {
  const { host, threads, behaviour } = await start()
  behaviour.load = 'fail'
  await assert.rejects(host.reload(0), { code: 'AGENT_LOAD_FAILED' })
  behaviour.load = 'succeed'
  behaviour.start = 'fail'
  await assert.rejects(host.reload(0), { code: 'STORE_UNAVAILABLE' })
  assert.deepEqual(kinds(threads[0]), ['start'])
  assert.equal(threads[0]?.terminated, false)
  assert.deepEqual(
    threads.slice(1).map((thread) => thread.terminated),
    [true, true],
  )
  host.check()
})

test('A thread that does not end after its drain is ended, and so is one that loads for ever', async () => {
  const { host, threads, clock, behaviour } = await start()
  behaviour.load = 'hang'
  const reload = host.reload(0)
  await turn()
  clock.advance(30_000)
  await assert.rejects(reload, /did not load within 30 s/)
  const stop = host.stop(1000)
  clock.advance(3999)
  await turn()
  assert.equal(threads[0]?.terminated, false)
  clock.advance(1)
  await stop
  assert.equal(threads[0]?.terminated, true)
})

test('After a stop no thread is started, even where one was about to be', async () => {
  const { host, threads, clock } = await start()
  threads[0]?.listener.ended({ code: 1 })
  await turn()
  await host.stop(0)
  clock.advance(60_000)
  await turn()
  assert.equal(threads.length, 1)
  assert.throws(host.check, { code: 'SHUTTING_DOWN' })
})

test('A project that cannot be loaded at first is the error of the start', async () => {
  await assert.rejects(start({ load: 'fail' }), { code: 'AGENT_LOAD_FAILED' })
})

interface Behaviour {
  load: 'succeed' | 'fail' | 'hang'
  start: 'succeed' | 'fail'
  release: string
}

async function start(given: Partial<Behaviour> = {}) {
  const clock = manualClock()
  const threads: FakeThread[] = []
  const lost: PolisError[] = []
  const catalogues: Catalogue[] = []
  const behaviour: Behaviour = { load: 'succeed', start: 'succeed', release: 'one', ...given }
  const options = {
    spawn: fakeSpawn(threads, behaviour),
    input: { dir: '/project', defaults: {}, env: {}, overrides: {}, anyRelease: false },
    clock,
    log: silentLog,
    onMessage: () => {},
    onLost: (error: PolisError) => lost.push(error),
    onCatalogue: (catalogue: Catalogue) => catalogues.push(catalogue),
  }
  const host = createWorkerHost(options, await launchThread({ ...options, ...WORKER_LIMITS }))
  await host.start()
  return { host, threads, clock, lost, behaviour, catalogues }
}

function fakeSpawn(threads: FakeThread[], behaviour: Behaviour): Spawn {
  return (_input, listener) => {
    const thread: FakeThread = { listener, posted: [], terminated: false }
    threads.push(thread)
    const answer = {
      succeed: loaded(behaviour.release),
      fail: failed('AGENT_LOAD_FAILED', 'agents/a.ts: no'),
      hang: undefined,
    }
    const first = answer[behaviour.load]
    if (first !== undefined) queueMicrotask(() => listener.message(first))
    return {
      post(message) {
        thread.posted.push(message)
        if (message.kind !== 'start') return
        const succeeds = behaviour.start === 'succeed'
        listener.message(succeeds ? { kind: 'started', worker: 'w' } : failed('STORE_UNAVAILABLE', 'gone'))
      },
      async terminate() {
        thread.terminated = true
        listener.ended({ code: 1 })
      },
    }
  }
}

function loaded(release: string): FromThread {
  const { settings } = parseSettings()
  const limits = {}
  const agent = { name: 'a', description: '', release, input: {}, output: {}, limits, session: 'enqueue' } as const
  return { kind: 'loaded', catalogue: { agents: [agent], schedules: [], settings, warnings: [] } }
}

function failed(code: 'AGENT_LOAD_FAILED' | 'STORE_UNAVAILABLE', message: string): FromThread {
  return { kind: 'failed', error: new PolisError(code, message).toJSON() }
}

function kinds(thread: FakeThread | undefined): readonly string[] {
  return thread?.posted.map(({ kind }) => kind) ?? []
}
