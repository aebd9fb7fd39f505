import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PolisError } from '../core/error.ts'
import { createPlan } from './create-plan.ts'
import { planOf, podsOf } from './fixture.ts'

test('A key of a model server that is too long for the name of its Service says how long it may be', () => {
  const modelServers = { ['m'.repeat(40)]: { model: 'm' } }
  const name = 'a-name-of-thirty-characters-xx'
  assert.throws(() => planOf({ name, modelServers }), /modelServers\.m+: expected at most 26 characters/)
})

test('A package with a long name has a deployment whose pods can be made', () => {
  const { name } = createPlan({
    ...{ packageName: `@shop/${'long-'.repeat(20)}`, environment: undefined, deployment: {}, settings: {}, agents: {} },
  })
  assert.ok(`${name}-redis-sentinel`.length <= 52)
})

test('Labels, variables and environments have names that Kubernetes takes, or say so', () => {
  const faulty = {
    labels: { more: { 'a b': 'x', 'example.com/team': 'shop', wide: 'ü' } },
    ...{ annotations: { 'x/y/z': 'a' }, env: { 'A B': '1', 'a.b-c_D': '2' }, nodeSelector: { '-': 'x' } },
  }
  assert.throws(
    () => planOf(faulty),
    (reason: PolisError) => {
      assert.deepEqual(
        reason.message.split('\n').map((line) => line.replace(/: expected.*/, '')),
        ['labels.more.a b', 'labels.more.wide', 'annotations.x/y/z', 'env.A B', 'nodeSelector.-'].map(
          (path) => `polis.config: deployment.${path}`,
        ),
      )
      return true
    },
  )
  const shared = { packageName: 'desk', settings: {}, agents: {} }
  const environments = { 'staging eu': {} }
  assert.throws(
    () => createPlan({ ...shared, environment: 'staging eu', deployment: { environments } }),
    /deployment\.environments\.staging eu: expected a name of letters/,
  )
})

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
  const long = 'a'.repeat(38)
  const message = /deployment\.name: expected at most 37 characters/
  assert.throws(() => planOf({ name: long }), { code: 'INVALID_CONFIG', message })
  const sets = podsOf(planOf({ name: 'a'.repeat(37) })).map(({ name }) => name)
  assert.deepEqual(
    sets.filter((name) => name.length > 52),
    [],
  )
  const plan = createPlan({ packageName: long, environment: undefined, deployment: {}, settings: {}, agents: {} })
  assert.equal(plan.name.length, 37)
})
