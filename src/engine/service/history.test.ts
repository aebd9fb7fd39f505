import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createBed } from '../fake/test-bed.ts'

/** A bed whose agent says what it hears back, once it gets a message. */
async function openBed() {
  const bed = createBed({
    agents: {
      agent: async (scope, { message }: { message: string }) => {
        const { go } = (await scope.receive('go', undefined)) as { go: string }
        return `${message} ${go}`
      },
    },
  })
  await bed.open()
  await bed.service.createSession(bed.caller, { agent: 'agent', session: 's' })
  const say = async (message: string, options = {}) =>
    (await bed.service.say(bed.caller, 's', { message, ...options })).run.run
  const end = async (run: string) => {
    await bed.service.send(bed.caller, run, { name: 'go', data: { go: 'on' } })
    await bed.finish(run)
  }
  return { bed, say, end }
}

type Bed = Awaited<ReturnType<typeof openBed>>['bed']

/** Reads a session's history from a place until it has been silent. */
async function read(bed: Bed, after: string | undefined, most = Number.POSITIVE_INFINITY) {
  const stop = new AbortController()
  const seen: { cursor: string; text: string }[] = []
  const reading = (async () => {
    for await (const { cursor, entry } of bed.service.history(bed.caller, 's', after, stop.signal)) {
      seen.push({ cursor, text: `${entry.run} ${entry.sequence}` })
      if (seen.length >= most) return
    }
  })()
  await bed.idle()
  stop.abort()
  await reading
  return seen
}

async function expected(bed: Bed, ...runs: readonly string[]) {
  const all = await Promise.all(runs.map((run) => bed.entries(run)))
  return all.flat().map(({ run, sequence }) => `${run} ${sequence}`)
}

describe('the history of a session', () => {
  it('is the entries of all its runs in the order of their turns, each once from any place', async () => {
    const { bed, say, end } = await openBed()
    const runs = [await say('a'), await say('b'), await say('c')]
    for (const run of runs) await end(run)
    const whole = await read(bed, undefined)
    assert.deepEqual(
      whole.map(({ text }) => text),
      await expected(bed, ...runs),
    )
    for (const [at, { cursor }] of whole.entries())
      assert.deepEqual(await read(bed, cursor), whole.slice(at + 1), `after ${at + 1} entries`)
  })

  it('goes on live through the turns that begin while it is read, across reconnects', async () => {
    const { bed, say, end } = await openBed()
    const stop = new AbortController()
    const seen: string[] = []
    let cursor: string | undefined
    const follow = async (most: number) => {
      for await (const item of bed.service.history(bed.caller, 's', cursor, stop.signal)) {
        seen.push(`${item.entry.run} ${item.entry.sequence}`)
        cursor = item.cursor
        if (seen.length >= most) return
      }
    }
    const reading = (async () => {
      // Each connection is lost after two entries.
      while (!stop.signal.aborted) await follow(seen.length + 2)
    })()
    const runs: string[] = []
    for (const message of ['a', 'b', 'c']) {
      runs.push(await say(message))
      await bed.idle()
      await end(runs.at(-1) ?? '')
    }
    await bed.idle()
    stop.abort()
    await reading
    assert.deepEqual(seen, await expected(bed, ...runs))
  })

  it('has a run that was cancelled while it waited, after the one that it waited for', async () => {
    const { bed, say, end } = await openBed()
    const [a, b, c] = [await say('a'), await say('b'), await say('c')]
    await bed.idle()
    await bed.service.cancel(bed.caller, b)
    const before = await read(bed, undefined)
    await end(a)
    await end(c)
    const after = await read(bed, before.at(-1)?.cursor)
    assert.deepEqual(
      [...before, ...after].map(({ text }) => text),
      await expected(bed, a, b, c),
    )
  })

  it('ends when the session is removed; a place of a removed one begins the next anew', async () => {
    const { bed, say, end } = await openBed()
    await end(await say('a'))
    const old = (await read(bed, undefined)).at(-1)?.cursor
    const items: unknown[] = []
    const reading = (async () => {
      for await (const item of bed.service.history(bed.caller, 's', old, new AbortController().signal)) items.push(item)
    })()
    await bed.idle()
    await bed.service.removeSession(bed.caller, 's')
    await bed.idle()
    await reading
    assert.deepEqual(items, [])
    assert.deepEqual((await bed.service.runs(bed.caller, {}, { limit: 5 })).items, [])
    bed.clock.advance(1)
    await bed.service.createSession(bed.caller, { agent: 'agent', session: 's' })
    const run = await say('b')
    await end(run)
    assert.deepEqual(
      (await read(bed, old)).map(({ text }) => text),
      await expected(bed, run),
    )
  })

  it('refuses a place that is none, and a session that is not there', async () => {
    const { bed } = await openBed()
    const first = (session: string, after: string | undefined) =>
      bed.service.history(bed.caller, session, after, new AbortController().signal)[Symbol.asyncIterator]().next()
    await assert.rejects(first('s', 'nonsense'), { code: 'INVALID_ARGUMENT' })
    await assert.rejects(first('none', undefined), { code: 'NOT_FOUND' })
  })
})

describe('a transcript', () => {
  it('is read in pages that end with a run, and says where the stream goes on', async () => {
    const { bed, say, end } = await openBed()
    for (const message of ['a', 'b']) await end(await say(message))
    const open = await say('c')
    await bed.idle()
    const first = await bed.service.transcript(bed.caller, 's', { limit: 1 })
    assert.deepEqual(
      first.items.map(({ role, text }) => `${role} ${text}`),
      ['user a', 'assistant a on'],
    )
    const rest = await bed.service.transcript(bed.caller, 's', { limit: 10, after: first.cursor ?? '' })
    assert.deepEqual(
      rest.items.map(({ text }) => text),
      ['b', 'b on', 'c'],
    )
    assert.equal(rest.cursor, undefined)
    await end(open)
    const news = await bed.service.transcript(bed.caller, 's', { limit: 10, after: rest.position })
    assert.deepEqual(
      news.items.map(({ text }) => text),
      ['c on'],
    )
    const live = await read(bed, rest.position)
    assert.ok(live.every(({ text }) => text.startsWith(open)) && live.length > 0)
  })
})

describe('a session', () => {
  it('is begun once, for an agent that there is, with names that are kept', async () => {
    const { bed } = await openBed()
    const create = (request: object) => bed.service.createSession(bed.caller, { agent: 'agent', ...request })
    await assert.rejects(create({ session: 's' }), { code: 'CONFLICT' })
    await assert.rejects(create({ agent: 'nobody' }), { code: 'UNKNOWN_AGENT' })
    await assert.rejects(create({ title: ' ' }), { code: 'INVALID_ARGUMENT' })
    const made = await create({ title: ' Mine ', tags: { team: 'blue' }, ttl: 5000 })
    assert.match(made.session, /^session_/)
    assert.deepEqual([made.title, made.tags, made.ttl], ['Mine', { team: 'blue' }, 5000])
  })

  it('keeps the files of a message as long as its run, and refuses those that are not there', async () => {
    const { bed, say, end } = await openBed()
    await assert.rejects(say('x', { attachments: [{ blob: 'f'.repeat(64) }] }), { code: 'INVALID_INPUT' })
    const { blob } = (await bed.open()).store
    const { hash } = await blob.put(bed.caller.tenant, Buffer.from('hi'), { name: 'a.txt', mediaType: 'text/plain' })
    const run = await say('x', { attachments: [{ blob: hash }] })
    const [submitted] = await bed.entries(run)
    const input = { message: 'x', attachments: [{ blob: hash, mediaType: 'text/plain', name: 'a.txt' }] }
    assert.ok(submitted?.kind === 'run-submitted')
    assert.deepEqual(submitted.data.input, input)
    const row = [...bed.state.runs.values()].find(({ record }) => record.run === run)
    assert.deepEqual(row?.blobs, [hash])
    await end(run)
  })

  it('says one thing once under one key', async () => {
    const { bed, say } = await openBed()
    const run = await say('x', { key: 'k' })
    assert.equal(await say('x', { key: 'k' }), run)
    await assert.rejects(say('y', { key: 'k' }), { code: 'IDEMPOTENCY_CONFLICT' })
    await assert.rejects(bed.service.removeSession(bed.caller, 's'), { code: 'CONFLICT' })
  })
})
