import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { planOf } from '../../manifest/fixture.ts'
import { PROJECTS } from '../../manifest/lint/variant.ts'
import { renderManifests } from '../../manifest/render.ts'
import { object, target } from '../fake/fixture.ts'
import { targetOf } from '../target.ts'
import { fromRecord, type Revision, toRecord } from './revision.ts'

const REVISION: Revision = {
  ...{ number: 3, status: 'deployed', cause: { kind: 'rollback', to: 1 }, by: 'ada', startedAt: 1, finishedAt: 2 },
  target: target('r1'),
}

const pledges = () =>
  planOf({
    ...{ labels: { compliance: ['soc2'], owner: 'o', costCentre: '1' }, redis: { kind: 'external' } },
    ...{
      image: { digest: `sha256:${'0'.repeat(64)}` },
      settings: { 'redis.host': 'redis', 'redis.ssl.enabled': true },
    },
  })

const withObject = (extra: Parameters<typeof object>) =>
  fromRecord(toRecord({ ...REVISION, target: target('r1', { extra: [object(...extra)] }) }))

suite('The record of a revision', () => {
  test('gives back what was written', () => {
    assert.deepEqual(fromRecord(toRecord(REVISION)), REVISION)
    const resumed = { ...REVISION, reason: 'r', commit: 'c', message: 'm', status: 'failed' } as const
    assert.deepEqual(fromRecord(toRecord(resumed)), resumed)
  })

  test('holds all that projects of every shape have', () => {
    for (const [shape, make] of Object.entries({ ...PROJECTS, pledges })) {
      const plan = make()
      const whole = { ...REVISION, target: targetOf(plan, renderManifests(plan)) }
      // As it is after JSON, which has no undefined.
      assert.deepEqual(fromRecord(toRecord(whole)), JSON.parse(JSON.stringify(whole)), shape)
    }
  })

  test('is as if it were not there where it says what no deployment of its name and place has', () => {
    const record = toRecord(REVISION)
    const renamed = { ...record, metadata: { ...record.metadata, name: 'desk-revision-4' } }
    const moved = { ...record, metadata: { ...record.metadata, namespace: 'elsewhere' } }
    assert.deepEqual([fromRecord(renamed), fromRecord(moved)], [undefined, undefined])
    const elsewhere = { metadata: { name: 'x', namespace: 'kube-system' } }
    assert.equal(withObject(['v1', 'ConfigMap', 'x', elsewhere]), undefined)
    const wide = { metadata: { name: 'x' } }
    assert.equal(withObject(['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', 'x', wide]), undefined)
    assert.equal(withObject(['v1', 'Namespace', 'x', { metadata: { name: 'kube-system' } }]), undefined)
    const policy = { metadata: { name: 'other.desk.pods' } }
    assert.equal(withObject(['admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicy', 'x', policy]), undefined)
  })

  test('is as if it were not there where somebody has cut it short', () => {
    const record = toRecord(REVISION)
    for (const revision of ['', '{}', '{"number":3}', '[]', 'null'])
      assert.equal(fromRecord({ ...record, data: { revision } }), undefined)
    assert.equal(fromRecord({ ...record, binaryData: { objects: 'AAAA' } }), undefined)
    assert.equal(fromRecord({ ...record, binaryData: undefined }), undefined)
  })
})
