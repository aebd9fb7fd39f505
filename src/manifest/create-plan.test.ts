import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPlan } from './create-plan.ts'
import { planOf, podsOf } from './fixture.ts'

test('Runs are not kept in a pod', () => {
  const lost = {
    code: 'INVALID_CONFIG',
    message: /store\.adapter: expected redis, since the embedded store of a pod is gone/,
  }
  assert.throws(() => planOf({ redis: { kind: 'external' } }), lost)
  assert.doesNotThrow(() => planOf({ redis: { kind: 'external' } }, { 'redis.host': 'redis.example.com' }))
})

test('A setting is given as one, so that all that is made from it agrees', () => {
  assert.throws(() => planOf({ env: { POLIS_SERVER_PORT: '9000' } }), {
    code: 'INVALID_CONFIG',
    message: /deployment\.env\.POLIS_SERVER_PORT is a setting: write 'server\.port' in deployment\.settings/,
  })
  assert.doesNotThrow(() => planOf({ env: { POLIS_TENANT: 'shop' } }))
})

test('A deployment that would let nobody in says so', () => {
  const warns = (...given: Parameters<typeof planOf>) =>
    planOf(...given).warnings.filter((warning) => /Nobody could be let in|auth\.mode is open/.test(warning)).length
  assert.equal(warns(), 0)
  assert.equal(warns({}, { 'auth.jwt_jwks_file': 'keys.json' }), 1)
  assert.equal(warns({}, { 'auth.mode': 'open' }), 1)
  assert.equal(warns({ secrets: { access: { 'api-keys.jsonl': true } } }), 0)
  assert.equal(warns({}, { 'auth.jwt_issuer': 'https://id.example.com' }), 0)
})

test('A name leaves room for what names of objects add to it', () => {
  const long = 'a'.repeat(37)
  const message = /deployment\.name: expected at most 36 characters/
  assert.throws(() => planOf({ name: long }), { code: 'INVALID_CONFIG', message })
  const sets = podsOf(planOf({ name: 'a'.repeat(36) })).map(({ name }) => name)
  assert.deepEqual(
    sets.filter((name) => name.length > 52),
    [],
  )
  const plan = createPlan({ packageName: long, environment: undefined, deployment: {}, settings: {}, agents: {} })
  assert.equal(plan.name.length, 36)
})
