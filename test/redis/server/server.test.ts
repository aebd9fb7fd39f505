import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { skipWithout } from './binary.ts'
import { startCluster } from './cluster.ts'
import { layNetwork, skipWithoutNetwork } from './network.ts'
import { askAt, startRedis } from './redis.ts'
import { startReplicated } from './replicated.ts'

const skip = skipWithout('redis-server', 'redis-cli')

test('A server answers, keeps what it appended through kill -9, and is gone afterwards', { skip }, async () => {
  let port = 0
  let folder = ''
  {
    await using redis = await startRedis({ durability: 'disk' })
    ;({ port, folder } = redis)
    assert.equal(await redis.ask('set', 'a', 'b'), 'OK')
    const { pid } = redis
    await redis.kill()
    await assert.rejects(redis.ask('ping'))
    await redis.restart()
    assert.notEqual(redis.pid, pid)
    assert.equal(await redis.ask('get', 'a'), 'b')
    await assert.rejects(redis.ask('no-such-command'))
  }
  await assert.rejects(askAt(port, ['ping']))
  assert.equal(existsSync(folder), false)
})

test('A server with TLS speaks to those who know its authority', {
  skip: skipWithout('redis-server', 'openssl'),
}, async () => {
  await using redis = await startRedis({ tls: true })
  assert.equal(await redis.ask('ping'), 'PONG')
  await assert.rejects(askAt(redis.port, ['ping']))
  const { ca, client } = redis.certificates ?? assert.fail('no certificates')
  const options = ['--tls', '--cacert', ca, '--cert', client.cert, '--key', client.key]
  assert.equal(await askAt(redis.port, [...options, 'ping']), 'PONG')
})

test('A server with users knows them alone', { skip }, async () => {
  await using redis = await startRedis({ users: ['polis on >secret ~* &* +@all'] })
  assert.equal(await redis.ask('ping'), 'PONG')
  await assert.rejects(askAt(redis.port, ['ping']))
  assert.equal(await askAt(redis.port, ['--user', 'polis', 'ping'], { REDISCLI_AUTH: 'secret' }), 'PONG')
})

test('Sentinel promotes a replica of a dead primary, and the old one comes back as its replica', {
  skip: skipWithout('redis-server', 'redis-sentinel'),
}, async () => {
  await using replicated = await startReplicated({ replicas: 1, sentinels: 3, downAfter: 3000 })
  const old = await replicated.primary()
  assert.equal(old, replicated.servers[0])
  await old.ask('set', 'a', 'b')
  while ((await replicated.servers[1]?.ask('get', 'a')) !== 'b') await delay(10)
  const promoted = replicated.promoted()
  // One that has not heard of it yet would have everybody follow the old one again.
  const heard = Promise.all(replicated.sentinels.map(({ logged }) => logged(/\+switch-master/)))
  await old.kill()
  const next = await promoted
  await heard
  assert.notEqual(next, old)
  assert.equal(await replicated.primary(), next)
  assert.equal(await next.ask('get', 'a'), 'b')
  const synced = next.logged(/Synchronization with replica .* succeeded/)
  await old.restart()
  await synced
  assert.match(await old.ask('role'), /^slave/)
})

test('A Cluster serves every slot, and a replica takes over from a dead primary', { skip }, async () => {
  await using cluster = await startCluster({ primaries: 3, replicas: 1, nodeTimeout: 500 })
  const owner = await cluster.ownerOf('{polis:0}')
  assert.ok(cluster.nodes.slice(0, 3).includes(owner))
  const promoted = cluster.promoted()
  await owner.kill()
  const next = await promoted
  await cluster.whole()
  assert.equal(await cluster.ownerOf('{polis:0}'), next)
  assert.equal(await next.ask('set', '{polis:0}', 'x'), 'OK')
})

test('A network namespace reaches a server until its cable is pulled', {
  skip: skip || skipWithoutNetwork(),
}, async () => {
  using network = layNetwork()
  await using redis = await startRedis({ bind: network.address })
  // A new network takes a moment to be known, longer on a busy machine.
  const ping = (seconds = 20) => {
    const [command = '', ...args] = [
      ...network.enter,
      'timeout',
      `${seconds}`,
      'redis-cli',
      '-h',
      network.address,
      '-p',
      `${redis.port}`,
      'ping',
    ]
    return promisify(execFile)(command, args).then(({ stdout }) => stdout.trim())
  }
  assert.equal(await ping(), 'PONG')
  network.cut()
  await assert.rejects(ping(1))
  network.heal()
  assert.equal(await ping(), 'PONG')
})

test('A process that is killed leaves no server behind', { skip }, async () => {
  const [child, { pid, folder }] = await startInOtherProcess()
  process.kill(pid, 0)
  child.kill('SIGKILL')
  while (isAlive(pid) || existsSync(folder)) await delay(10)
})

async function startInOtherProcess(): Promise<[ChildProcess, { pid: number; folder: string }]> {
  const script = `
    const { startRedis } = await import(${JSON.stringify(new URL('./redis.ts', import.meta.url))})
    const { pid, folder } = await startRedis()
    process.send({ pid, folder })
  `
  const args = ['--input-type=module', '--eval', script]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const [started] = await once(child, 'message')
  return [child, started]
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    // ESRCH: it is gone.
    return false
  }
}
