/**
 * Plays one run of a test to its end.
 *
 * Role: keeps a process alive over a world, answers questions, sends messages, and moves time on when nothing else can happen.
 * Invariants:
 * 1. Time moves only when no function of a step is under way and every run waits; then to the next moment at which something is due.
 * 2. Every play ends: with the run, or with TIMEOUT that says what it waits for.
 */
import { systemClock } from '../../core/clock.ts'
import { formatDuration, parseDuration } from '../../core/duration.ts'
import { PolisError } from '../../core/error.ts'
import { DEFAULT_TENANT } from '../../core/id.ts'
import { encode } from '../../core/json.ts'
import { hasEnded, type RunRecord } from '../../core/run.ts'
import { newSession, putSession } from '../../store/memory/turn.ts'
import { answerOpen } from './answer.ts'
import { beginLife, type Life } from './life.ts'
import type { TestMessage, TestOptions } from './test-options.ts'
import type { World } from './world.ts'

/** What is played. */
export interface Script extends Pick<TestOptions, 'input' | 'answers' | 'session'> {
  readonly agent: string
  readonly messages: readonly TestMessage[]
  readonly timeout: number
}

/** Turns of the event loop in which nothing happened, after which nothing will: the engine needs three between two signs of life. */
const QUIET_TURNS = 12
const CALLER = { tenant: DEFAULT_TENANT, by: 'test' }

/** Submits the run and gives back the record of the last run, if it was continued, that it came to. */
export async function play(world: World, script: Script): Promise<RunRecord> {
  const guard = systemClock()
  const deadline = guard.now() + script.timeout
  let life = await beginLife(world)
  try {
    let run = await submit(world, life, script)
    const messages = createMessages(world, script.messages)
    for (;;) {
      if (!(await settle(life, guard, deadline))) throw await tooLong(world, life, script.timeout)
      if (life.dead) {
        life = await beginLife(world)
        continue
      }
      const record = await life.store.index.get(DEFAULT_TENANT, run)
      if (record !== undefined && hasEnded(record.status)) {
        const next = record.status === 'continued' ? world.paths.next(run) : undefined
        if (next === undefined) return record
        run = next
        continue
      }
      if (await answerOpen(world, life, CALLER, script.answers)) continue
      if (await messages.send(life, run)) continue
      if (!skip(world, messages.nextAt())) throw await stuck(life)
    }
  } finally {
    life.kill()
  }
}

async function submit(world: World, life: Life, { agent, input, session }: Script): Promise<string> {
  if (session === undefined) {
    const { run } = await life.service.submit(CALLER, { agent, input })
    return run.run
  }
  const { id = 'test-session', state } = session
  if (state !== undefined) leaveState(world, { session: id, agent, state: encode(state) })
  const { run } = await life.service.submit(CALLER, { agent, input, session: id })
  return run.run
}

function leaveState(world: World, row: { session: string; agent: string; state: Uint8Array }): void {
  const begun = newSession({ tenant: DEFAULT_TENANT, agent: row.agent }, row.session, world.clock.now())
  putSession(world.state, { ...begun, state: row.state, before: row.state, version: 1 })
}

interface Messages {
  nextAt(): number | undefined
  /** Sends what is due; false when nothing was. */
  send(life: Life, run: string): Promise<boolean>
}

function createMessages({ clock }: World, messages: readonly TestMessage[]): Messages {
  const waiting = messages
    .map(({ name, data, after = 0 }, at) => ({
      ...{ id: `message-${at}`, name, data },
      at: clock.now() + parseDuration(after, `after of message ${name}`),
    }))
    .sort((a, b) => a.at - b.at)
  return {
    nextAt: () => waiting[0]?.at,
    async send({ service }, run) {
      const [next] = waiting
      if (next === undefined || next.at > clock.now()) return false
      const { id, name, data } = next
      await service.send(CALLER, run, { id, name, data })
      waiting.shift()
      return true
    },
  }
}

/** Waits until nothing happens any more; false when the real time is over before. */
async function settle(life: Life, guard: ReturnType<typeof systemClock>, deadline: number): Promise<boolean> {
  for (let quiet = 0, seen = -1; quiet < QUIET_TURNS; ) {
    if (guard.now() >= deadline) return false
    if (life.busy > 0) await activityBefore(life, guard, deadline)
    await new Promise(setImmediate)
    quiet = life.activity === seen && life.busy === 0 ? quiet + 1 : 0
    seen = life.activity
  }
  return true
}

async function activityBefore(life: Life, guard: ReturnType<typeof systemClock>, deadline: number): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>()
  const cancel = guard.setTimer(deadline, resolve)
  await Promise.race([life.next(), late])
  cancel()
}

function skip(world: World, messageAt: number | undefined): boolean {
  const { clock } = world
  const timerAt = clock.nextTimer()
  const at = Math.min(timerAt ?? Number.POSITIVE_INFINITY, messageAt ?? Number.POSITIVE_INFINITY)
  if (at === Number.POSITIVE_INFINITY) return false
  world.skipped += Math.max(0, at - clock.now())
  clock.advanceTo(at)
  return true
}

async function tooLong(world: World, life: Life, timeout: number): Promise<PolisError> {
  const running = [...world.calls].filter(([, { last }]) => last.kind === 'called').map(([id]) => id)
  const limit = formatDuration(timeout)
  if (life.busy > 0)
    return new PolisError(
      'TIMEOUT',
      `Step ${running.join(', ')} has not returned within ${limit} of real time: fake what it waits for, or give testAgent a longer timeout`,
    )
  const date = new Date(world.clock.now()).toISOString()
  return new PolisError(
    'TIMEOUT',
    `The run has not ended within ${limit} of real time, and its clock shows ${date}: does it loop? Else give testAgent a longer timeout`,
  )
}

async function stuck({ store, service }: Life): Promise<PolisError> {
  const { items } = await service.questions(CALLER, {}, { limit: 10 })
  const asked = items.map(({ id, question }) => `question ${id} (${JSON.stringify(question)})`)
  const { items: runs } = await store.index.list(DEFAULT_TENANT, {}, { limit: 100 })
  const waiting = runs.filter(({ status }) => !hasEnded(status))
  const reasons = waiting.map(({ agent, status, reason }) => `agent ${agent} ${reason ?? `is ${status}`}`)
  const advice =
    asked.length > 0
      ? `Nobody answers ${asked.join(', ')}: give testAgent answers`
      : 'Does it wait for a message? Give testAgent messages'
  return new PolisError('TIMEOUT', `The run waits for ever: ${reasons.join('; ')}. ${advice}`)
}
