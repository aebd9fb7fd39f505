import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { endsSoon, failsWith, fixture, isAlive, runningChildren, startServers, textOf } from './support.ts'

test('Closing ends the process, fails the calls in flight and starts nothing again', async () => {
  const servers = startServers({ own: fixture('stdio-server.ts') })
  const pid = Number(await textOf(servers, 'own', 'pid'))
  const ended = assert.rejects(textOf(servers, 'own', 'hang'), failsWith('TOOL_UNAVAILABLE', /closed for shutdown/))
  await textOf(servers, 'own', 'echo', { text: '' })
  await servers.close()
  await ended
  assert.equal(isAlive(pid), false)
  await assert.rejects(textOf(servers, 'own', 'pid'), failsWith('TOOL_UNAVAILABLE', /closed/, { sent: false }))
  assert.equal((await servers.check('own', new AbortController().signal)).ok, false)
})

test('A process that heeds neither its closed input nor SIGTERM is killed in bounded time', async () => {
  const servers = startServers({ stubborn: fixture('odd-server.ts', 'stubborn') })
  const pid = Number((await textOf(servers, 'stubborn', 'odd')).split(' ')[1])
  const begun = performance.now()
  await servers.close()
  assert.equal(isAlive(pid), false)
  assert.ok(performance.now() - begun < 10_000)
})

test('What a launcher started is ended with it', async () => {
  const { command, args = [] } = fixture('odd-server.ts', 'stubborn')
  const launcher = { command: 'sh', args: ['-c', `"${command}" ${args.map((arg) => `"${arg}"`).join(' ')}; true`] }
  const servers = startServers({ launcher })
  const pid = Number((await textOf(servers, 'launcher', 'odd')).split(' ')[1])
  assert.equal(isAlive(pid), true)
  await servers.close()
  assert.equal(await endsSoon(pid), true)
})

test('Closing while a connection is being made leaves no process behind, however far it had come', async () => {
  for (const turns of [0, 1, 3, 10, 30]) {
    const servers = startServers({ silent: fixture('odd-server.ts', 'silent') })
    const ended = assert.rejects(servers.tools('silent'), failsWith('TOOL_UNAVAILABLE', /closed for shutdown/))
    for (let turn = 0; turn < turns; turn++) await setImmediate()
    await servers.close()
    await ended
    assert.deepEqual(runningChildren(), [])
  }
})

test('Closing twice, or without having been used, is fine', async () => {
  const servers = startServers({ own: fixture('stdio-server.ts') })
  await servers.close()
  await servers.close()
})
