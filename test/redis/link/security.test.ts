import assert from 'node:assert/strict'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { skipWithout } from '../server/binary.ts'
import { type RedisServer, startRedis } from '../server/redis.ts'
import { open, until } from './bed.ts'

// As docs/guide/operating.md says that it may be.
const USER = 'polis on >first-password ~{test:* &{test:* +@all -@admin -@dangerous +info +config|get'

const startLocked = () => startRedis({ users: [USER] })

/** As Kubernetes replaces a secret: at once. */
async function replace(file: string, content: string): Promise<void> {
  await writeFile(`${file}.new`, content)
  await rename(`${file}.new`, file)
}

const loginsOf = async (redis: RedisServer) => {
  const lines = (await redis.ask('client', 'list')).split('\n').filter((line) => line.includes('name=polis:'))
  return lines.map((line) => /laddr/.test(line) && /user=(\S+)/.exec(line)?.[1])
}

describe('a link through TLS', { skip: skipWithout('redis-server', 'openssl') }, () => {
  it('trusts the authority that it is given, and shows a certificate of its own where Redis wants one', async () => {
    await using redis = await startRedis({ tls: true })
    const { ca, client } = redis.certificates ?? assert.fail('no certificates')
    {
      await using link = await open(redis.port, { tls: { caFile: ca } })
      assert.equal(await link.write(), 1)
    }
    await redis.ask('config', 'set', 'tls-auth-clients', 'yes')
    const refused = { code: 'STORE_UNAVAILABLE', message: new RegExp(`127.0.0.1:${redis.port}`) }
    await assert.rejects(open(redis.port, { tls: { caFile: ca }, timeout: 500 }), refused)
    await using link = await open(redis.port, {
      tls: { caFile: ca, certFile: client.cert, keyFile: client.key, serverName: 'localhost' },
    })
    assert.equal(await link.write(), 2)
  })

  it('refuses a certificate of another authority or for another name, and a connection without TLS', async () => {
    await using redis = await startRedis({ tls: true })
    const { ca } = redis.certificates ?? assert.fail('no certificates')
    const opened = (options: Parameters<typeof open>[1]) => open(redis.port, { timeout: 3000, ...options })
    // Now and then TLS has a second error after this one, which is heard too.
    const refused = () => assert.rejects(opened({ tls: {} }), { message: /certificate/i })
    await Promise.all(Array.from({ length: 20 }, refused))
    await assert.rejects(opened({ tls: { caFile: ca, serverName: 'elsewhere.example' } }), { message: /elsewhere/ })
    await assert.rejects(opened({}), { code: 'STORE_UNAVAILABLE', message: /redis\.ssl\.enabled/ })
    const missing = { code: 'INVALID_CONFIG', message: /redis\.ssl\.ca_file: expected a readable file at \/nowhere/ }
    await assert.rejects(opened({ tls: { caFile: '/nowhere' } }), missing)
  })
})

describe('a link of an ACL user', { skip: skipWithout('redis-server', 'redis-cli') }, () => {
  it('logs in, and says without the password what is wrong when it may not', async () => {
    await using redis = await startLocked()
    {
      await using link = await open(redis.port, { login: { username: 'polis', password: 'first-password' } })
      assert.equal(await link.write(), 1)
    }
    const refusals: readonly [{ username?: string; password?: string }, RegExp][] = [
      [{ username: 'polis', password: 'guessed-wrongly' }, /WRONGPASS/],
      [{ password: 'guessed-wrongly' }, /WRONGPASS/],
      [{}, /NOAUTH/],
    ]
    for (const [login, said] of refusals) {
      await assert.rejects(open(redis.port, { login }), (error: Error & { code: string }) => {
        assert.equal(error.code, 'INVALID_CONFIG')
        assert.match(error.message, said)
        assert.match(error.message, /redis\.password/)
        assert.ok(!JSON.stringify([error, String(error.stack)]).includes('guessed-wrongly'))
        return true
      })
    }
  })

  it('names the command that its ACL user may not use', async () => {
    await using redis = await startRedis({ users: ['polis on >first-password ~* &* +@all -function'] })
    await assert.rejects(open(redis.port, { login: { username: 'polis', password: 'first-password' } }), {
      code: 'INVALID_CONFIG',
      message: /NOPERM.*function/,
    })
  })

  it('takes up a new password from its file without a restart: on the connections it has, and for new ones', async () => {
    await using redis = await startLocked()
    const passwordFile = join(redis.folder, 'password')
    await replace(passwordFile, 'first-password\n')
    await using link = await open(redis.port, { login: { username: 'polis', passwordFile }, patience: 10_000 })
    await link.write()
    // Redis knows both for a while.
    await redis.ask('acl', 'setuser', 'polis', '>second-password')
    const logins = async () => Number(/calls=(\d+)/.exec(await statOf(redis, 'auth'))?.[1])
    const before = await logins()
    await replace(passwordFile, 'second-password')
    await untilAsync(async () => (await logins()) >= before + 2)
    await redis.ask('acl', 'setuser', 'polis', '<first-password')
    assert.equal(await link.write(), 2)
    await redis.ask('client', 'kill', 'user', 'polis')
    await until(link, () => link.missing() === undefined)
    assert.equal(await link.write(), 3)
    assert.doesNotMatch(link.logged.join('\n'), /(first|second)-password/)
    assert.deepEqual(new Set(await loginsOf(redis)), new Set(['polis']))
  })

  it('goes on with the password before while Redis does not know the new one yet', async () => {
    await using redis = await startLocked()
    const passwordFile = join(redis.folder, 'password')
    await replace(passwordFile, 'first-password\n')
    await using link = await open(redis.port, { login: { username: 'polis', passwordFile }, patience: 10_000 })
    await replace(passwordFile, 'second-password')
    await untilAsync(async () => link.logged.some((line) => line.startsWith('redis.password has changed')))
    await redis.ask('client', 'kill', 'user', 'polis')
    assert.equal(await link.write(), 1)
    const logins = async () => Number(/calls=(\d+)/.exec(await statOf(redis, 'auth'))?.[1])
    const failures = async () => Number(/failed_calls=(\d+)/.exec(await statOf(redis, 'auth'))?.[1])
    await redis.ask('acl', 'setuser', 'polis', '>second-password')
    const taken = (await logins()) - (await failures())
    await untilAsync(async () => (await logins()) - (await failures()) >= taken + 2)
    assert.equal(await link.write(), 2)
  })
})

async function statOf(redis: RedisServer, command: string): Promise<string> {
  const stats = await redis.ask('info', 'commandstats')
  return stats.split('\n').find((line) => line.startsWith(`cmdstat_${command}:`)) ?? ''
}

/** Asks again and again until it is so: the test's own time limit is what ends it otherwise. */
async function untilAsync(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await setImmediate()
}
