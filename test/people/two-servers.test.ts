/** Questions and sessions over the REST API of two real server processes that share one store. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createParser } from 'eventsource-parser'
import type { Client } from '../../src/client/index.ts'
import { type Polis, startPolis, until } from '../lifecycle/polis.ts'
import { writeAgents } from '../lifecycle/project.ts'

const ANY = `{ '~standard': { version: 1, vendor: 'test', validate: (value: any) => ({ value }) } } as any`
const AGENTS = {
  asker: `
    const answer = await context.ask('Which?', ${ANY}, { name: 'which', assignee: 'finance' })
    await context.receive('go', ${ANY})
    return answer`,
  teller: `
    const before = (await context.session.get()) ?? []
    await context.session.set([...before, input.message])
    await context.receive('go', ${ANY})
    return input.message`,
}

let project: Awaited<ReturnType<typeof writeAgents>>
let servers: readonly [Polis, Polis]

before(async () => {
  project = await writeAgents(AGENTS)
  servers = [await startPolis(project.dir), await startPolis(project.dir)]
})
after(async () => {
  for (const server of servers) await server[Symbol.asyncDispose]()
  await project[Symbol.asyncDispose]()
})

describe('questions', () => {
  test('of answers that come at once to two servers, one wins and the others get 409', async () => {
    const [{ client }] = servers
    const runs = await Promise.all(Array.from({ length: 5 }, () => client.runs.submit({ agent: 'asker', input: {} })))
    const open = async () => (await client.questions.list({ assignee: 'finance' })).items.length === runs.length
    await until(open, 'all questions to be open')
    for (const { run } of runs) {
      const outcomes = await Promise.all(Array.from({ length: 8 }, (_, n) => answer(servers[n % 2] as Polis, run, n)))
      const winners = outcomes.filter(({ status }) => status === 204)
      assert.equal(winners.length, 1)
      const late = outcomes.filter(({ status }) => status !== 204)
      assert.deepEqual(new Set(late.map(({ status, code }) => `${status} ${code}`)), new Set(['409 ALREADY_ANSWERED']))
      await client.runs.send(run, { name: 'go' })
      assert.equal((await client.runs.get(run, { wait: '20s' })).output, winners[0]?.n)
      const entries = await client.runs.entries(run)
      const answered = entries.flatMap((entry) => (entry.kind === 'question-answered' ? [entry.data] : []))
      assert.equal(answered.length, 1)
      assert.ok(answered[0]?.by !== undefined && answered[0].at !== undefined, 'who answered, and when')
    }
  })
})

describe('the runs of a session, said through either server (G7)', () => {
  test('enqueue: they follow one another', async () => {
    const session = await begin('enqueue')
    const runs = [await session.say('a'), await session.say('b')]
    assert.equal(await session.status(runs[1]), 'blocked')
    for (const run of runs) await session.end(run)
    assert.deepEqual(await session.state(), ['a', 'b'])
  })

  test('reject: the second is refused while the first is unfinished', async () => {
    const session = await begin('reject')
    const run = await session.say('a')
    await assert.rejects(session.say('b'), { code: 'SESSION_BUSY' })
    await session.end(run)
    await session.end(await session.say('b'))
  })

  test('interrupt: the first is cancelled, and what it kept stays', async () => {
    const session = await begin('interrupt')
    const first = await session.begun('a')
    const second = await session.say('b')
    await session.ended(first, 'cancelled')
    await session.end(second)
    assert.deepEqual(await session.state(), ['a', 'b'])
  })

  test('rollback: the first is cancelled, and what it kept is taken back', async () => {
    const session = await begin('rollback')
    const first = await session.begun('a')
    const second = await session.say('b')
    await session.ended(first, 'cancelled')
    await session.end(second)
    assert.deepEqual(await session.state(), ['b'])
  })
})

describe('the stream of a session', () => {
  test('has each entry once and in order, over connections that are lost and go on at the other server (G4)', async () => {
    const session = await begin('enqueue')
    const stop = new AbortController()
    const seen: string[] = []
    let cursor: string | undefined
    const reading = (async () => {
      for (let at = 0; !stop.signal.aborted; at++) {
        await readSome(servers[at % 2] as Polis, session.id, cursor, stop.signal, (id, entry) => {
          seen.push(entry)
          cursor = id
        })
      }
    })()
    const runs: string[] = []
    for (const message of ['a', 'b', 'c', 'd']) runs.push(await session.say(message))
    for (const run of runs) await session.end(run)
    const { client } = servers[0]
    const all = await Promise.all(
      runs.map(async (run) => (await client.runs.entries(run)).map(({ sequence }) => `${run} ${sequence}`)),
    )
    await until(
      () => seen.length >= all.flat().length,
      'the whole history',
      () => seen.join('\n'),
    )
    stop.abort()
    await reading
    assert.deepEqual(seen, all.flat())
    const { items } = await client.sessions.messages(session.id)
    assert.deepEqual(
      items.flatMap(({ role, text }) => (role === 'user' || role === 'assistant' ? [`${role} ${text}`] : [])),
      ['a', 'b', 'c', 'd'].flatMap((text) => [`user ${text}`, `assistant ${text}`]),
    )
  })

  test('is followed by the client, which is told when the session is removed', async () => {
    const session = await begin('enqueue')
    await session.end(await session.say('a'))
    const [{ client }, other] = servers
    const kinds: string[] = []
    const following = (async () => {
      for await (const { kind } of client.sessions.follow(session.id)) kinds.push(kind)
    })()
    await until(() => kinds.includes('run-completed'), 'the end of the run')
    await other.client.sessions.remove(session.id)
    await following
    assert.equal(kinds.at(-1), 'end')
    await assert.rejects(client.sessions.get(session.id), { code: 'NOT_FOUND' })
    assert.deepEqual((await client.runs.list({ session: session.id })).items, [])
  })
})

type Policy = 'enqueue' | 'reject' | 'interrupt' | 'rollback'

async function begin(policy: Policy) {
  const clients = servers.map(({ client }) => client) as [Client, Client]
  const { session } = await clients[0].sessions.create({ agent: 'teller', title: policy, tags: { policy } })
  let turn = 0
  const next = () => clients[turn++ % 2] as Client
  const view = (run: string | undefined) => next().runs.get(run ?? '')
  const say = async (message: string) => (await next().sessions.send(session, { message, policy })).run
  const waiting = async (run: string) => {
    const kinds = (await next().runs.entries(run)).map(({ kind }) => kind)
    return kinds.includes('message-awaited')
  }
  return {
    id: session,
    say,
    status: async (run: string | undefined) => (await view(run)).status,
    /** Says it, and waits until its run has kept it. */
    async begun(message: string) {
      const run = await say(message)
      await until(() => waiting(run), 'the run to wait')
      return run
    },
    async end(run: string) {
      await until(() => waiting(run), 'the run to wait')
      await next().runs.send(run, { name: 'go' })
      await until(async () => (await view(run)).status === 'completed', 'the run to end')
    },
    ended: (run: string, status: string) => until(async () => (await view(run)).status === status, `${run} ${status}`),
    state: async () => (await next().sessions.get(session)).state,
  }
}

async function answer({ url }: Polis, run: string, n: number) {
  const response = await fetch(`${url}/api/v1/runs/${run}/questions/which/answer`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ answer: n }),
  })
  const text = await response.text()
  return { n, status: response.status, code: text === '' ? undefined : JSON.parse(text).code }
}

/** Reads three entries of a session's stream from a cursor, then lets the connection go. */
async function readSome(
  { url }: Polis,
  session: string,
  after: string | undefined,
  signal: AbortSignal,
  take: (id: string, entry: string) => void,
) {
  let read = 0
  const stop = new AbortController()
  const parser = createParser({
    onEvent({ id, data }) {
      if (id === undefined || ++read > 3) return
      const { run, sequence } = JSON.parse(data)
      take(id, `${run} ${sequence}`)
    },
  })
  const headers: Record<string, string> = after === undefined ? {} : { 'last-event-id': after }
  try {
    const response = await fetch(`${url}/api/v1/sessions/${session}/events`, {
      headers,
      signal: AbortSignal.any([signal, stop.signal]),
    })
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      parser.feed(chunk)
      if (read >= 3) break
    }
  } catch (reason) {
    // The test has seen enough.
    if (!signal.aborted) throw reason
  }
  stop.abort()
}
