import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { failsWith, resultOf, startHttp, startServers, textOf, variable } from './support.ts'

const signal = new AbortController().signal

test('A server over HTTP is spoken to in the newer era', async () => {
  await using http = await startHttp()
  await using servers = startServers({ web: { url: http.url } })
  const { ok, protocol } = await servers.check('web', AbortSignal.timeout(20_000))
  assert.deepEqual({ ok, protocol }, { ok: true, protocol: '2026-07-28' })
  assert.equal(await textOf(servers, 'web', 'echo', { text: 'ahoj 🌍' }), 'ahoj 🌍')
  assert.deepEqual((await resultOf(servers, 'web', 'sum', { a: 2, b: 2 }, { signal })).structured, { sum: 4 })
})

test('A server over HTTP that keeps sessions is spoken to in the older era', async () => {
  await using http = await startHttp({ SESSIONS: '1' })
  await using servers = startServers({ web: { url: http.url } })
  const { ok, protocol } = await servers.check('web', AbortSignal.timeout(20_000))
  assert.deepEqual({ ok, protocol }, { ok: true, protocol: '2025-11-25' })
  assert.equal(await textOf(servers, 'web', 'echo', { text: 'old but sound' }), 'old but sound')
  await textOf(servers, 'web', 'grow', { name: 'sprout' })
  assert.equal(await textOf(servers, 'web', 'sprout'), 'I am sprout')
})

test('A session that the server has forgotten is begun anew without the caller noticing', async () => {
  const first = await startHttp({ SESSIONS: '1' })
  await using servers = startServers({ web: { url: first.url } })
  await textOf(servers, 'web', 'echo', { text: '' })
  await first[Symbol.asyncDispose]()
  await using _second = await startHttp({ SESSIONS: '1', PORT: String(first.port) })
  assert.equal(await textOf(servers, 'web', 'echo', { text: 'anew' }), 'anew')
})

test('Headers are sent with every request, and credentials that are refused are named', async () => {
  await using http = await startHttp({ TOKEN: 'open sesame' })
  const right = { url: http.url, headers: { authorization: `Bearer ${variable('PASS')}` } }
  await using servers = startServers({ right, wrong: { url: http.url } }, { env: { PASS: 'open sesame' } })
  assert.equal(await textOf(servers, 'right', 'echo', { text: 'in' }), 'in')
  await assert.rejects(textOf(servers, 'wrong', 'echo'), (error) => {
    failsWith('TOOL_UNAVAILABLE', /refused the credentials \(HTTP 401\).*headers\.authorization/)(error)
    assert.equal((error as { retryable: boolean }).retryable, false)
    return true
  })
})

test('A call times out and is cancelled over HTTP as over a pipe', async () => {
  await using http = await startHttp()
  await using servers = startServers({ web: { url: http.url } })
  await textOf(servers, 'web', 'echo', { text: '' })
  await assert.rejects(servers.call('web', 'hang', {}, { signal, timeout: 200 }), failsWith('TIMEOUT', /within 200ms/))
  const cancel = new AbortController()
  const call = assert.rejects(textOf(servers, 'web', 'hang', {}, cancel.signal), failsWith('CANCELLED', /./))
  setImmediate(() => cancel.abort())
  await call
})

test('A response that is cut off fails at once instead of timing out', async () => {
  await using http = await startHttp({ CUT: '1' })
  await using servers = startServers({ web: { url: http.url } })
  await assert.rejects(
    textOf(servers, 'web', 'hang'),
    failsWith('TOOL_UNAVAILABLE', /cut off its response/, { sent: true }),
  )
})

test('A server that dies during a call is reported, and found again when it is back at its place', async () => {
  const first = await startHttp()
  await using servers = startServers({ web: { url: first.url } })
  await textOf(servers, 'web', 'echo', { text: '' })
  const call = assert.rejects(textOf(servers, 'web', 'hang'), failsWith('TOOL_UNAVAILABLE', /'web'/, { sent: true }))
  await textOf(servers, 'web', 'echo', { text: '' })
  first.child.kill('SIGKILL')
  await once(first.child, 'exit')
  await call
  await assert.rejects(textOf(servers, 'web', 'echo', { text: '' }), failsWith('TOOL_UNAVAILABLE', /ECONNREFUSED/))
  await using _second = await startHttp({ PORT: String(first.port) })
  assert.equal(await textOf(servers, 'web', 'echo', { text: 'back' }), 'back')
})

test('A tool that appears later can be called over HTTP too, and a result over the limit is refused', async () => {
  await using http = await startHttp()
  await using servers = startServers({ web: { url: http.url } })
  const huge = textOf(servers, 'web', 'repeat', { text: 'x', times: 34 * 2 ** 20 })
  await assert.rejects(huge, failsWith('TOO_LARGE', /over/))
  assert.equal(await textOf(servers, 'web', 'echo', { text: 'still here' }), 'still here')
})

test('A page that is not MCP says what it answered', async () => {
  await using http = await startHttp({ TOKEN: 'x' })
  await using servers = startServers({ web: { url: http.url.replace('http:', 'https:') } })
  await assert.rejects(textOf(servers, 'web', 'echo'), failsWith('TOOL_UNAVAILABLE', /'web' could not be connected to/))
})
