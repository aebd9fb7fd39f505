import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { PolisError } from '../../core/error.ts'
import { manualClock } from '../../core/manual-clock.ts'
import { seededRandom } from '../../core/random.ts'
import { silentLog } from '../../telemetry/log.ts'
import { delayAfter } from './backoff.ts'
import type { Loss } from './server-transport.ts'
import { createSupervisor } from './supervisor.ts'

const signal = new AbortController().signal

function fakeConnection(id: number) {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  let loss: Loss | undefined
  const connection = {
    id,
    closed: 0,
    ended,
    protocol: '2026-07-28',
    software: 'fake 1',
    loss: () => loss,
    close: async () => {
      connection.closed += 1
      end()
    },
    die: async (text = 'died') => {
      loss = { code: 'TOOL_UNAVAILABLE', text }
      end()
      await setImmediate()
    },
    /** Lost, but the news has not come through the connection itself. */
    lose: () => {
      loss = { code: 'TOOL_UNAVAILABLE', text: 'lost' }
    },
  }
  return connection
}

function setUp(outcomes: readonly ('open' | 'fail')[] = []) {
  const clock = manualClock()
  const opened: ReturnType<typeof fakeConnection>[] = []
  let attempts = 0
  const supervisor = createSupervisor({
    server: 'x',
    clock,
    random: seededRandom(1),
    log: silentLog,
    onChange: () => {},
    open: async () => {
      await setImmediate()
      if (outcomes[attempts++] === 'fail') throw new PolisError('TOOL_UNAVAILABLE', `attempt ${attempts} failed`)
      const connection = fakeConnection(attempts)
      opened.push(connection)
      return connection
    },
  })
  const id = () => supervisor.use(signal, async (connection) => connection.id)
  return { clock, opened, supervisor, id, attempts: () => attempts }
}

test('Invariant 1: callers that come at once share one attempt', async () => {
  const { id, attempts } = setUp()
  assert.deepEqual(await Promise.all([id(), id(), id()]), [1, 1, 1])
  assert.equal(attempts(), 1)
})

test('Invariant 1: they share its failure too', async () => {
  const { id, attempts } = setUp(['fail'])
  const outcomes = await Promise.allSettled([id(), id()])
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['rejected', 'rejected'],
  )
  assert.equal(attempts(), 1)
})

test('Invariant 2: a lost connection gets no new call, and is closed when its last call is over', async () => {
  const { id, opened, supervisor, clock } = setUp()
  const { promise: gate, resolve: open } = Promise.withResolvers<void>()
  const held = supervisor.use(signal, async (connection) => {
    await gate
    return connection.id
  })
  await id()
  opened[0]?.lose()
  await id()
  assert.equal(supervisor.state(), 'none')
  assert.equal(opened[0]?.closed, 0)
  const next = id()
  await setImmediate()
  clock.advance(1000)
  assert.equal(await next, 2)
  open()
  assert.equal(await held, 1)
  await setImmediate()
  assert.equal(opened[0]?.closed, 1)
})

test('Invariant 3: attempts after failures wait longer and longer, until the server works', async () => {
  const { id, attempts, clock, supervisor } = setUp(['fail', 'fail', 'open'])
  await assert.rejects(id(), /attempt 1 failed/)
  assert.equal(supervisor.problem(), 'attempt 1 failed')
  const second = assert.rejects(id(), /attempt 2 failed/)
  await setImmediate()
  assert.equal(attempts(), 1)
  clock.advance(200)
  await second
  const third = id()
  clock.advance(199)
  await setImmediate()
  assert.equal(attempts(), 2)
  clock.advance(201)
  assert.equal(await third, 3)
  assert.equal(supervisor.problem(), undefined)
  assert.equal(clock.nextTimer(), undefined)
})

test('Invariant 3: a connection that dies counts as a failure, unless it has held for a minute', async () => {
  const { id, opened, clock } = setUp()
  await id()
  await opened[0]?.die()
  assert.equal(clock.nextTimer(), undefined)
  const next = id()
  assert.equal(await Promise.race([next, setImmediate('waits')]), 'waits')
  clock.advance(200)
  assert.equal(await next, 2)
})

test('A caller that gives up leaves the attempt to the others', async () => {
  const { id, supervisor, attempts } = setUp()
  const controller = new AbortController()
  const given = assert.rejects(
    supervisor.use(controller.signal, async () => 0),
    { name: 'AbortError' },
  )
  const other = id()
  controller.abort()
  await given
  assert.equal(await other, 1)
  assert.equal(attempts(), 1)
})

test('Invariant 4: after closing nothing is connected, and all that was opened is closed', async () => {
  const { id, opened, supervisor, attempts } = setUp()
  const work = assert.rejects(
    supervisor.use(signal, () => new Promise(() => {})),
    /closed for shutdown/,
  )
  await id()
  await supervisor.close()
  await work
  await assert.rejects(id(), { code: 'TOOL_UNAVAILABLE', message: /closed for shutdown/ })
  assert.equal(attempts(), 1)
  assert.ok(opened.every(({ closed }) => closed === 1))
  assert.equal(supervisor.state(), 'none')
})

test('Invariant 4: a connection that opens while it is being closed is closed too', async () => {
  const { id, opened, supervisor } = setUp()
  const call = assert.rejects(id(), /closed for shutdown/)
  await supervisor.close()
  await call
  assert.deepEqual(
    opened.map(({ closed }) => closed),
    [1],
  )
})

test('Delays double from 200 ms to 30 s, of which chance has the second half', () => {
  const random = { next: () => 0.5, bytes: () => new Uint8Array() }
  assert.deepEqual(
    [1, 2, 3, 8, 9, 1000].map((failures) => delayAfter(failures, random)),
    [150, 300, 600, 19_200, 22_500, 22_500],
  )
})
