import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { IExternalSecret } from '@kubernetes-models/external-secrets/external-secrets.io/v1'
import type { ISealedSecret } from '@kubernetes-models/sealed-secrets/bitnami.com/v1alpha1'
import { SETTINGS } from '../../core/settings.ts'
import { objectsOf, planOf } from '../fixture.ts'
import { renderManifests } from '../render.ts'
import { renderSecrets } from './secret.ts'

const SEALED = Buffer.concat([Buffer.from([2, 0]), Buffer.alloc(512, 7), Buffer.alloc(24, 9)]).toString('base64')

test('A secret that is referred to is named and mounted, and made by others', () => {
  const plan = planOf({ secrets: { apiKeys: { OPENAI_API_KEY: true }, access: { 'keys.jsonl': true } } })
  assert.deepEqual(renderSecrets(plan).objects, [])
  assert.deepEqual(
    plan.secrets.map(({ name, generated }) => [name, generated]),
    [
      ['desk-api-keys', undefined],
      ['desk-access', undefined],
      ['desk-redis', { kind: 'random', keys: ['password'] }],
      ['desk-redis-servers', { kind: 'random', keys: ['server', 'probe'] }],
    ],
  )
})

test('The operator makes a Secret for each purpose from the store, of the right type', () => {
  const plan = planOf({
    secrets: {
      ...{ provider: 'external-secrets', store: { name: 'vault', kind: 'ClusterSecretStore' }, refresh: '10m' },
      apiKeys: { OPENAI_API_KEY: 'prod/openai#key', OTHER: 'prod/other' },
      tls: { 'tls.crt': 'prod/tls#crt', 'tls.key': 'prod/tls#key' },
    },
  })
  const [keys, tls, ...more] = objectsOf<IExternalSecret>(plan, 'ExternalSecret')
  assert.deepEqual(more, [], 'what is random is made when it is applied')
  assert.deepEqual(keys?.spec, {
    refreshInterval: '10m',
    secretStoreRef: { name: 'vault', kind: 'ClusterSecretStore' },
    target: { name: 'desk-api-keys', creationPolicy: 'Owner', template: { type: 'Opaque' } },
    data: [
      { secretKey: 'OPENAI_API_KEY', remoteRef: { key: 'prod/openai', property: 'key' } },
      { secretKey: 'OTHER', remoteRef: { key: 'prod/other' } },
    ],
  })
  assert.equal(tls?.spec?.target?.template?.type, 'kubernetes.io/tls')
})

test('Passwords of Redis that are named come from the store, too', () => {
  const plan = planOf({
    secrets: {
      ...{ provider: 'external-secrets', store: { name: 'vault' } },
      redis: { password: 'prod/redis#agents' },
      redisServers: { server: 'prod/redis#server', probe: 'prod/redis#probe' },
    },
  })
  assert.deepEqual(
    objectsOf<IExternalSecret>(plan, 'ExternalSecret').map(({ metadata }) => metadata?.name),
    ['desk-redis', 'desk-redis-servers'],
  )
  const generated = plan.secrets.filter((secret) => secret.generated !== undefined)
  assert.deepEqual(
    generated.map(({ name }) => name),
    ['desk-access'],
  )
})

test('A sealed secret is passed on as it was sealed', () => {
  const plan = planOf({ secrets: { provider: 'sealed-secrets', database: { POLIS_ARCHIVE_URL: SEALED } } })
  const [sealed] = objectsOf<ISealedSecret>(plan, 'SealedSecret')
  assert.deepEqual(sealed?.spec, { encryptedData: { POLIS_ARCHIVE_URL: SEALED }, template: { type: 'Opaque' } })
})

test('No Secret is rendered, whoever makes them', () => {
  const plans = [planOf(), planOf({ secrets: { provider: 'sealed-secrets', cloud: { KEY: SEALED } } })]
  for (const plan of plans)
    assert.ok(!renderManifests(plan).some(({ objects }) => objects.some(({ kind }) => kind === 'Secret')))
})

test('Settings name the files of secrets by settings that there are', () => {
  const { settings } = planOf({ secrets: { access: { 'keys.jsonl': true }, jwt: { 'jwks.json': true } } })
  const files = {
    'auth.api_keys_file': '/var/run/secrets/agentpolis/access/keys.jsonl',
    'auth.jwt_jwks_file': '/var/run/secrets/agentpolis/jwt/jwks.json',
    'redis.password_file': '/var/run/secrets/agentpolis/redis/password',
    'redis.sentinel_password_file': '/var/run/secrets/agentpolis/redis/password',
  } as const
  for (const [key, path] of Object.entries(files)) {
    assert.ok(Object.hasOwn(SETTINGS, key))
    assert.equal(settings[key as keyof typeof files], path)
  }
})
