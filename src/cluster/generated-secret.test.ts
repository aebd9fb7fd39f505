import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hashApiKey } from '../core/api-key.ts'
import { seededRandom } from '../core/random.ts'
import { createFakeCluster } from './fake/api.ts'
import { target } from './fake/fixture.ts'
import { makeSecret } from './generated-secret.ts'

test('An API key is made together with the record by which servers know it', async () => {
  const cluster = createFakeCluster()
  cluster.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } })
  const value = { kind: 'api-key', id: 'first', key: 'api-key', record: 'api-keys.jsonl' } as const
  await makeSecret(cluster, target('r1'), { name: 'desk-access', value }, seededRandom(1))
  const secret = [...cluster.objects.values()].find(({ kind }) => kind === 'Secret')
  const text = (key: string) => Buffer.from(String(Reflect.get(Object(secret?.data), key)), 'base64').toString()
  const record = JSON.parse(text('api-keys.jsonl'))
  assert.equal(record.sha256, hashApiKey(text('api-key')).toString('hex'))
  assert.deepEqual([record.id, record.scopes], ['first', ['runs:read', 'runs:write', 'releases:read']])
})
