import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failsWith, fixture, startHttp, startServers, type TestServers, textOf } from './support.ts'

const active = (servers: TestServers) => servers.recorded.gauges.get('mcp_connection_pool_active')
const idle = (servers: TestServers) => servers.recorded.gauges.get('mcp_connection_pool_idle')

test('A slow server over HTTP gets several connections and never those of the others', async () => {
  await using slow = await startHttp()
  await using quick = await startHttp()
  await using servers = startServers({ slow: { url: slow.url }, quick: { url: quick.url } }, { poolSize: 8 })
  const giveUp = new AbortController()
  await textOf(servers, 'slow', 'echo', { text: '' })
  const hanging = Array.from({ length: 20 }, () =>
    assert.rejects(textOf(servers, 'slow', 'hang', {}, giveUp.signal), failsWith('CANCELLED', /./)),
  )
  const texts = Array.from({ length: 20 }, (_, at) => `call ${at}`)
  assert.deepEqual(await Promise.all(texts.map((text) => textOf(servers, 'quick', 'echo', { text }))), texts)
  // Six of eight: two are the part of the other, whatever happens.
  assert.equal((active(servers) ?? 0) >= 1 && (active(servers) ?? 0) <= 6, true, `${active(servers)} active`)
  assert.ok((active(servers) ?? 0) + (idle(servers) ?? 0) <= 8)
  giveUp.abort()
  await Promise.all(hanging)
  assert.equal(await textOf(servers, 'slow', 'echo', { text: 'free again' }), 'free again')
})

test('A call that finds no free connection in time says so', async () => {
  await using http = await startHttp()
  await using servers = startServers({ web: { url: http.url, connections: 1 } })
  await textOf(servers, 'web', 'echo', { text: '' })
  const giveUp = new AbortController()
  const hanging = assert.rejects(textOf(servers, 'web', 'hang', {}, giveUp.signal), failsWith('CANCELLED', /./))
  const waits = servers.call('web', 'echo', { text: '' }, { signal: new AbortController().signal, timeout: 300 })
  await assert.rejects(
    waits,
    failsWith('TIMEOUT', /its only connection was in use all the time.*connection_pool_size/, { sent: false }),
  )
  giveUp.abort()
  await hanging
})

test('A server that fails again and again is not called for a while, which costs its callers nothing', async () => {
  await using servers = startServers({ gone: { url: 'http://127.0.0.1:1/mcp' } })
  for (let failure = 0; failure < 5; failure++)
    await assert.rejects(textOf(servers, 'gone', 'echo'), failsWith('TOOL_UNAVAILABLE', /could not be connected to/))
  await assert.rejects(
    textOf(servers, 'gone', 'echo'),
    failsWith('TOOL_UNAVAILABLE', /'gone' is not called: it failed 5 times in a row and it is tried again in/, {
      sent: false,
    }),
  )
})

test('A project names the tools that its agents see, and the server is called by its own names', async () => {
  const tools = { only: ['echo', 's*'], except: ['sprout'], rename: { sum: 'add' } }
  await using servers = startServers({ own: { ...fixture('stdio-server.ts'), tools, effects: { sum: 'read' } } })
  const names = (await servers.tools('own')).map(({ name }) => name)
  assert.deepEqual(names, ['echo', 'add'])
  assert.equal(await textOf(servers, 'own', 'add', { a: 20, b: 22 }), '42')
  assert.equal(await servers.effect('own', 'add'), 'read')
  await assert.rejects(
    textOf(servers, 'own', 'sum', { a: 1, b: 1 }),
    failsWith('INVALID_ARGUMENT', /no tool 'sum': it has echo, add/),
  )
  const clash = { own: { ...fixture('stdio-server.ts'), tools: { rename: { sum: 'echo' } } } }
  await using confused = startServers(clash)
  await assert.rejects(
    confused.tools('own'),
    failsWith('INVALID_CONFIG', /'echo' and 'sum' would both be named 'echo'/),
  )
})

test('A call that is given up is cancelled at the server', async () => {
  await using servers = startServers({ own: fixture('stdio-server.ts') })
  await textOf(servers, 'own', 'echo', { text: '' })
  const giveUp = new AbortController()
  const hanging = assert.rejects(textOf(servers, 'own', 'hang', {}, giveUp.signal), failsWith('CANCELLED', /./))
  await textOf(servers, 'own', 'echo', { text: '' })
  giveUp.abort()
  await hanging
  // It writes `let go` when the call's signal is aborted, and then dies when told to.
  await assert.rejects(
    textOf(servers, 'own', 'die'),
    failsWith('TOOL_UNAVAILABLE', /hanging \| let go \| out of cheese/),
  )
})
