import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { PolisError } from '../../core/error.ts'
import { manualClock } from '../../core/manual-clock.ts'
import { seededRandom } from '../../core/random.ts'
import { silentLog } from '../../telemetry/log.ts'
import { delayAfter, MOST_FAILURES } from './breaker.ts'
import { createConnectionShares } from './connection-share.ts'
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

function setUp(outcomes: readonly ('open' | 'fail')[] = [], { capacity = 100, most = 1, size = 50 } = {}) {
  const clock = manualClock()
  const opened: ReturnType<typeof fakeConnection>[] = []
  let attempts = 0
  const supervisor = createSupervisor({
    server: 'x',
    clock,
    random: seededRandom(1),
    log: silentLog,
    onChange: () => {},
    join: createConnectionShares(size, 1),
    capacity: () => capacity,
    most: () => most,
    idleLimit: 60_000,
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
  const { id, opened, supervisor } = setUp()
  const { promise: gate, resolve: open } = Promise.withResolvers<void>()
  const held = supervisor.use(signal, async (connection) => {
    await gate
    return connection.id
  })
  await id()
  opened[0]?.lose()
  assert.equal(await id(), 2)
  assert.deepEqual(supervisor.state(), { active: 0, idle: 1 })
  assert.equal(opened[0]?.closed, 0)
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
  assert.deepEqual(supervisor.state(), { active: 0, idle: 0 })
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

test('Invariant 1: further connections are made as calls wait, up to the most, and the rest wait their turn', async () => {
  const { supervisor, attempts } = setUp([], { capacity: 1, most: 3 })
  const gates = Array.from({ length: 5 }, () => Promise.withResolvers<void>())
  const order: number[] = []
  const calls = gates.map((gate, at) =>
    supervisor.use(signal, async (connection) => {
      order.push(at)
      await gate.promise
      return connection.id
    }),
  )
  for (let turn = 0; turn < 5; turn++) await setImmediate()
  assert.equal(attempts(), 3)
  assert.deepEqual(supervisor.state(), { active: 3, idle: 0 })
  assert.deepEqual(order, [0, 1, 2])
  gates[1]?.resolve()
  await calls[1]
  await setImmediate()
  assert.deepEqual(order, [0, 1, 2, 3])
  for (const gate of gates) gate.resolve()
  await Promise.all(calls)
  assert.equal(attempts(), 3)
})

test('Invariant 5: connections that nobody has used for a minute are closed, but for one', async () => {
  const { supervisor, opened, clock } = setUp([], { capacity: 1, most: 3 })
  const both = () =>
    Promise.all([supervisor.use(signal, () => setImmediate()), supervisor.use(signal, () => setImmediate())])
  await both()
  assert.deepEqual(supervisor.state(), { active: 0, idle: 2 })
  clock.advance(59_000)
  assert.deepEqual(supervisor.state(), { active: 0, idle: 2 })
  clock.advance(1000)
  await setImmediate()
  assert.deepEqual(supervisor.state(), { active: 0, idle: 1 })
  assert.equal(opened.filter(({ closed }) => closed === 1).length, 1)
  assert.equal(clock.nextTimer(), undefined)
  await both()
  assert.deepEqual(supervisor.state(), { active: 0, idle: 2 })
})

test('A caller that gives up while it waits its turn leaves it to the next', async () => {
  const { supervisor } = setUp([], { capacity: 1 })
  const gate = Promise.withResolvers<void>()
  const first = supervisor.use(signal, () => gate.promise)
  const controller = new AbortController()
  const second = assert.rejects(
    supervisor.use(controller.signal, async () => 2),
    { name: 'AbortError' },
  )
  const third = supervisor.use(signal, async () => 3)
  await setImmediate()
  controller.abort()
  await second
  gate.resolve()
  await first
  assert.equal(await third, 3)
  assert.deepEqual(supervisor.state(), { active: 0, idle: 1 })
})

test('Invariant 3: from the fifth failure on calls are refused at once, and then one alone tries', async () => {
  const { id, clock, supervisor, attempts } = setUp(Array.from({ length: MOST_FAILURES }, () => 'fail' as const))
  for (let failure = 1; failure <= MOST_FAILURES; failure++) {
    const failed = assert.rejects(id(), new RegExp(`attempt ${failure} failed`))
    await setImmediate()
    clock.advance(30_000)
    await failed
  }
  assert.equal(supervisor.isOpen(), true)
  const refused = { code: 'TOOL_UNAVAILABLE', message: /failed 5 times in a row.*The last failure: attempt 5 failed/ }
  await assert.rejects(id(), refused)
  await assert.rejects(id(), ({ details }: PolisError) => details.sent === false && Number(details.retryAfter) > 0)
  assert.equal(attempts(), MOST_FAILURES)
  clock.advance(30_000)
  const trial = id()
  await assert.rejects(id(), /a call is trying it now/)
  assert.equal(await trial, MOST_FAILURES + 1)
  assert.equal(supervisor.isOpen(), false)
  assert.equal(await id(), MOST_FAILURES + 1)
})

test('Delays double from 200 ms to 30 s, of which chance has the second half', () => {
  const random = { next: () => 0.5, bytes: () => new Uint8Array() }
  assert.deepEqual(
    [1, 2, 3, 8, 9, 1000].map((failures) => delayAfter(failures, random)),
    [150, 300, 600, 19_200, 22_500, 22_500],
  )
})
