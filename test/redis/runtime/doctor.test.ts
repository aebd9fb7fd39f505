import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { runPolis } from '../../lifecycle/polis.ts'
import { writeAgents } from '../../lifecycle/project.ts'
import { skipWithout } from '../server/binary.ts'
import { type RedisServer, startRedis } from '../server/redis.ts'

const skip = skipWithout('redis-server', 'redis-cli')

interface Found {
  readonly area: string
  readonly name: string
  readonly status: string
  readonly detail: string
  readonly advice?: string
}

async function diagnose({ port }: Pick<RedisServer, 'port'>, env = {}): Promise<readonly Found[]> {
  await using project = await writeAgents({ one: "return 'ok'" })
  const redis = { POLIS_REDIS_HOST: '127.0.0.1', POLIS_REDIS_PORT: String(port), POLIS_STORE_DURABILITY: 'process' }
  const { stdout } = await runPolis(project.dir, ['doctor', '--json'], { ...redis, ...env })
  const { checks }: { readonly checks: readonly Found[] } = JSON.parse(stdout)
  return checks.filter(({ area }) => area === 'store')
}

test('The doctor says which Redis it is, what is risky about it, and that the clocks agree', { skip }, async () => {
  await using redis = await startRedis({ durability: 'process' })
  const checks = await diagnose(redis)
  assert.deepEqual(
    checks.map(({ name, status }) => [name, status]),
    [
      ['store', 'ok'],
      ['redis', 'warn'],
      ['rights', 'ok'],
      ['clock', 'ok'],
    ],
  )
  assert.match(checks[0]?.detail ?? '', /^(Redis|Valkey).* 7\.\d.* at 127\.0\.0\.1:\d+, durability process/)
  assert.match(checks[1]?.detail ?? '', /no maxmemory is set/)
})

test('The doctor says what Redis has to be set to for the durability that is asked', { skip }, async () => {
  await using redis = await startRedis({ config: ['maxmemory 100mb', 'maxmemory-policy allkeys-lru'] })
  const checks = await diagnose(redis, { POLIS_STORE_DURABILITY: 'disk' })
  assert.deepEqual(new Set(checks.map(({ status }) => status)), new Set(['fail']))
  const details = checks.map(({ detail }) => detail).join('\n')
  assert.match(details, /expected maxmemory-policy noeviction, got allkeys-lru/)
  assert.match(details, /expected appendonly yes for store\.durability disk/)
})

test('The rights that the guide gives to the user of Redis are enough', { skip }, async () => {
  const guide = await readFile(new URL('../../../docs/guide/operating.md', import.meta.url), 'utf8')
  const [, rights = assert.fail('the guide tells no rights')] = /^user polis on (.*)$/m.exec(guide) ?? []
  await using redis = await startRedis({ durability: 'process', users: [`polis on ${rights}`] })
  const password = / >(\S+)/.exec(` ${rights}`)?.[1] ?? assert.fail('no password')
  const checks = await diagnose(redis, { POLIS_REDIS_USERNAME: 'polis', POLIS_REDIS_PASSWORD: password })
  assert.deepEqual(
    checks.filter(({ status, detail }) => status !== 'ok' && !/maxmemory/.test(detail)),
    [],
  )
})

test('The doctor says who is not let in, what is not allowed, and where nobody answers', { skip }, async () => {
  await using redis = await startRedis({ users: ['polis on >secret ~* &* +@all -zadd'] })
  const [wrong] = await diagnose(redis, { POLIS_REDIS_USERNAME: 'polis', POLIS_REDIS_PASSWORD: 'guess-work' })
  assert.equal(wrong?.status, 'fail')
  assert.doesNotMatch(JSON.stringify(wrong), /guess-work/)
  const forbidden = await diagnose(redis, { POLIS_REDIS_USERNAME: 'polis', POLIS_REDIS_PASSWORD: 'secret' })
  assert.equal(forbidden.find(({ name }) => name === 'rights')?.status, 'fail')
  const [gone] = await diagnose({ port: 1 }, { POLIS_REDIS_TIMEOUT: '1' })
  assert.equal(gone?.status, 'fail')
  assert.match(gone?.detail ?? '', /127\.0\.0\.1:1/)
})
