import assert from 'node:assert/strict'
import { test } from 'node:test'
import { environmentSchema } from './schema.ts'
import { secretFaults } from './secret-fault.ts'

const NONE = {
  ...{ apiKeys: {}, database: {}, jwt: {}, cloud: {}, access: {}, redis: {}, redisServers: {}, tls: {} },
  provider: 'reference',
} as const

/** As `kubeseal --raw` prints it, for a controller whose key has 4096 bits. */
const SEALED = Buffer.concat([Buffer.from([2, 0]), Buffer.alloc(512, 7), Buffer.alloc(24, 9)]).toString('base64')
const EXTERNAL = { ...NONE, provider: 'external-secrets', store: { name: 'vault' } } as const
const SEALING = { ...NONE, provider: 'sealed-secrets' } as const

const pathsOf = (secrets: Parameters<typeof secretFaults>[0]) => secretFaults(secrets).map(({ path }) => path.join('.'))

test('A secret that is referred to has true for a value, so that none is written there', () => {
  assert.deepEqual(secretFaults({ ...NONE, apiKeys: { OPENAI_API_KEY: true } }), [])
  const [fault] = secretFaults({ ...NONE, apiKeys: { OPENAI_API_KEY: 'sk-live-1234' } })
  assert.deepEqual(fault?.path, ['apiKeys', 'OPENAI_API_KEY'])
  assert.match(fault?.message ?? '', /expected true, since provider is 'reference'/)
  assert.doesNotMatch(fault?.message ?? '', /sk-live/)
})

test('External secrets want a store, and a path for each value', () => {
  assert.deepEqual(secretFaults({ ...EXTERNAL, apiKeys: { A: 'prod/openai#key', B: 'prod/b' } }), [])
  assert.deepEqual(pathsOf({ ...NONE, provider: 'external-secrets' }), ['store'])
  assert.deepEqual(pathsOf({ ...EXTERNAL, apiKeys: { A: true, B: 'two words', C: '#key', D: 'a#b#c' } }), [
    'apiKeys.A',
    'apiKeys.B',
    'apiKeys.C',
    'apiKeys.D',
  ])
})

test('What does not look sealed is refused without being shown', () => {
  assert.deepEqual(secretFaults({ ...SEALING, apiKeys: { A: SEALED } }), [])
  const wrong = ['hunter2', 'c2stbGl2ZS0xMjM0', SEALED.slice(0, 700), `${SEALED.slice(0, -4)}!!!!`, '']
  for (const value of wrong) {
    const [fault] = secretFaults({ ...SEALING, cloud: { KEY: value } })
    assert.equal(fault?.message, 'expected what `kubeseal --raw` printed')
  }
})

test('Keys fit their purpose', () => {
  assert.deepEqual(pathsOf({ ...NONE, apiKeys: { 'not-a-variable': true } }), ['apiKeys.not-a-variable'])
  assert.deepEqual(pathsOf({ ...NONE, access: { 'a.jsonl': true, 'b.jsonl': true } }), ['access'])
  assert.deepEqual(pathsOf({ ...NONE, tls: { 'tls.crt': true } }), ['tls'])
  assert.deepEqual(pathsOf({ ...NONE, redis: { secret: true } }), ['redis'])
  assert.deepEqual(pathsOf({ ...NONE, redisServers: { server: true, probe: true } }), [])
})

test('The schema tells of them by the name of the option', () => {
  const parsed = environmentSchema.safeParse({ secrets: { provider: 'external-secrets', jwt: { 'jwks.json': true } } })
  assert.deepEqual(
    parsed.error?.issues.map(({ path }) => path.join('.')),
    ['secrets.store', 'secrets.jwt.jwks.json'],
  )
})
