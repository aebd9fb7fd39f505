import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type InputGiven, isInputRequired, type ServerQuestion } from '../../src/core/server-question.ts'
import { failsWith, fixture, startHttp, startServers, textOf } from './support.ts'

const signal = new AbortController().signal

test('A server of the newer era that must know more says what, and takes the answer with its state from any process', async () => {
  const config = { own: fixture('stdio-server.ts') }
  const asked = await (async () => {
    await using first = startServers(config)
    return await first.call('own', 'ask', {}, { signal })
  })()
  assert.ok(isInputRequired(asked))
  assert.deepEqual(asked.questions.name, {
    kind: 'form',
    message: 'What is your name?',
    schema: { type: 'object', properties: { name: { type: 'string' } } },
  })
  assert.equal(asked.state, 'round 1')
  // What was asked is plain JSON, which a journal keeps while nobody is connected.
  const kept = JSON.parse(JSON.stringify(asked)) as typeof asked
  await using second = startServers(config)
  const given: InputGiven = {
    answers: { name: { action: 'accept', content: { name: 'Božena' } } },
    known: kept.known,
    state: kept.state ?? '',
  }
  const result = await second.call('own', 'ask', {}, { signal, given })
  assert.ok(!isInputRequired(result))
  assert.equal(result.text, 'Hello, Božena (round 1)')
  const declined = await second.call(
    'own',
    'ask',
    {},
    { signal, given: { answers: { name: { action: 'decline' } }, known: {} } },
  )
  assert.ok(!isInputRequired(declined) && declined.text === 'You said decline')
})

test('A page to visit and the roots are asked for in the newer era; a completion by a model is refused with its reason', async () => {
  await using servers = startServers({
    own: { ...fixture('stdio-server.ts'), roots: ['docs', 'https://example.org/x'] },
  })
  const visit = await servers.call('own', 'visit', {}, { signal })
  assert.ok(isInputRequired(visit))
  assert.deepEqual(visit.questions.page, { kind: 'visit', message: 'Log in', url: 'https://example.org/login' })
  const roots = (visit.known.where as { roots: { uri: string; name: string }[] }).roots
  assert.match(roots[0]?.uri ?? '', /^file:\/\/.*\/docs$/)
  assert.deepEqual(roots[1], { uri: 'https://example.org/x', name: 'https://example.org/x' })
  await assert.rejects(
    textOf(servers, 'own', 'complete'),
    failsWith('TOOL_FAILED', /model \(sampling\), which is not offered/),
  )
})

for (const over of ['stdio', 'http'] as const)
  test(`A question of the older era over ${over} reaches the human of its own call, whatever else is under way`, async () => {
    await using place = over === 'http' ? await startHttp({}, ['old-server.ts', '--http']) : undefined
    const config = place === undefined ? fixture('old-server.ts') : { url: place.url }
    await using servers = startServers({ old: config })
    const asked: string[] = []
    const call = (who: string) =>
      servers.call(
        'old',
        'confirm',
        { who },
        {
          signal,
          onQuestion: async (question: ServerQuestion) => {
            asked.push(`${who} was asked: ${question.message}`)
            return { action: 'accept', content: { yes: true } }
          },
        },
      )
    const first = await call('Eva')
    assert.ok(!isInputRequired(first) && first.text === 'Eva said yes')
    const others = ['Jan', 'Ida', 'Petr']
    const results = await Promise.all(others.map(call))
    assert.deepEqual(
      results.map((result) => (isInputRequired(result) ? '' : result.text)),
      others.map((who) => `${who} said yes`),
    )
    assert.deepEqual(
      asked.toSorted(),
      ['Eva', 'Ida', 'Jan', 'Petr'].map((who) => `${who} was asked: Do you agree, ${who}?`),
    )
  })

test('A human who takes their time does not use up the time of the call', async () => {
  await using servers = startServers({ old: fixture('old-server.ts') })
  await textOf(servers, 'old', 'ping')
  const slow = Promise.withResolvers<void>()
  const timer = setTimeout(slow.resolve, 2500)
  const result = await servers.call(
    'old',
    'confirm',
    { who: 'Eva' },
    {
      signal,
      timeout: 2000,
      onQuestion: async () => {
        await slow.promise
        return { action: 'decline' }
      },
    },
  )
  clearTimeout(timer)
  assert.ok(!isInputRequired(result) && result.text === 'Eva said nothing (decline)')
})

test('An older server that wants a page visited first says which, and is called again as before', async () => {
  await using servers = startServers({ old: fixture('old-server.ts') })
  const asked = await servers.call('old', 'visit-first', {}, { signal })
  assert.ok(isInputRequired(asked))
  assert.deepEqual(asked.questions, { 0: { kind: 'visit', message: 'Log in first', url: 'https://example.org/login' } })
  const given: InputGiven = { answers: { 0: { action: 'accept' } }, known: {} }
  const again = await servers.call('old', 'visit-first', {}, { signal, given })
  assert.ok(!isInputRequired(again) && again.text === 'welcome')
})

test('An older server that wants a completion by a model is told that there are none', async () => {
  await using servers = startServers({ old: fixture('old-server.ts') })
  assert.match(await textOf(servers, 'old', 'complete'), /-32601.*sampling.*not offered/)
})
