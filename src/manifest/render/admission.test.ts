import assert from 'node:assert/strict'
import { test } from 'node:test'
import { planOf } from '../fixture.ts'
import { renderAdmission } from './admission.ts'

const digest = `sha256:${'a'.repeat(64)}`

const compliantPlan = (namespace: string) =>
  planOf({
    namespace,
    labels: { compliance: ['soc2', 'pci', 'gdpr', 'hipaa', 'iso27001'], owner: 'desk-team', costCentre: '4711' },
    image: { digest },
    redis: { kind: 'managed', image: `redis@${digest}`, tls: { enabled: true } },
    mesh: { kind: 'sidecar', callers: ['cluster.local/ns/shop/sa/web'] },
  })

const policies = (plan: Parameters<typeof renderAdmission>[0]) =>
  renderAdmission(plan).objects.filter(({ kind }) => kind === 'ValidatingAdmissionPolicy')

test('Without labels of compliance the cluster keeps nothing', () => {
  assert.deepEqual(renderAdmission(planOf()).objects, [])
  assert.deepEqual(renderAdmission(planOf({ labels: { compliance: ['internal'] }, admission: false })).objects, [])
})

test('Each policy is of the whole cluster, and bound to the namespace alone', () => {
  const { objects } = renderAdmission(compliantPlan('shop'))
  const bindings = objects.filter(({ kind }) => kind === 'ValidatingAdmissionPolicyBinding')
  assert.deepEqual(
    bindings.map(({ metadata }) => metadata.name),
    policies(compliantPlan('shop')).map(({ metadata }) => metadata.name),
  )
  for (const { metadata, spec } of bindings) {
    assert.equal(metadata.namespace, undefined)
    assert.deepEqual(spec, {
      policyName: metadata.name,
      validationActions: ['Deny', 'Audit'],
      matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } } },
    })
  }
})

test('Policies of two deployments have two names, whatever these are', () => {
  const names = [
    compliantPlan('shop'),
    { ...compliantPlan('shop'), name: 'other' },
    { ...compliantPlan('shop-desk'), name: 'a' },
  ].flatMap((plan) => policies(plan).map(({ metadata }) => metadata.name))
  assert.equal(new Set(names).size, names.length)
})

test('A message says whose label promised what', () => {
  const text = JSON.stringify(policies(compliantPlan('shop')))
  assert.match(text, /gdpr, hipaa, iso27001, pci, soc2 \(pinned-images\): images are pinned by their digest/)
  assert.match(text, /gdpr, hipaa, pci, soc2 \(audited\): the audit log is written/)
})

test('Without a mesh there are no policies for its objects, which the cluster may not have', () => {
  const plan = compliantPlan('shop')
  const bare = { ...plan, spec: { ...plan.spec, mesh: { kind: 'none' as const } } }
  assert.deepEqual(
    policies(bare).map(({ metadata }) => metadata.name.split('.').at(-1)),
    ['pods', 'templates', 'cron-jobs', 'settings', 'network-policies'],
  )
})
