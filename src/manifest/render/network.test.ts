import assert from 'node:assert/strict'
import { test } from 'node:test'
import { planOf } from '../fixture.ts'
import { renderNetwork } from './network.ts'

interface Policy {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> }
  readonly spec: {
    readonly podSelector: { readonly matchLabels?: Readonly<Record<string, string>> }
    readonly policyTypes: readonly string[]
    readonly ingress?: readonly { readonly from: readonly object[]; readonly ports: readonly object[] }[]
    readonly egress?: readonly { readonly to: readonly object[]; readonly ports: readonly object[] }[]
  }
}

// What is rendered is of this shape: the types of Kubernetes say so.
const policiesOf = (...given: Parameters<typeof planOf>) =>
  renderNetwork(planOf(...given)).objects as unknown as readonly Policy[]

test('One policy holds every pod of the namespace, and lets nothing in', () => {
  const [first] = policiesOf()
  assert.equal(first?.metadata.name, 'desk-default')
  assert.deepEqual(first?.spec.podSelector, {})
  assert.deepEqual(first?.spec.policyTypes, ['Ingress', 'Egress'])
  assert.equal(first?.spec.ingress, undefined)
})

test('Each component has a policy by its labels, of whichever release', () => {
  const selectors = policiesOf().map(({ spec }) => spec.podSelector.matchLabels?.['app.kubernetes.io/component'])
  assert.deepEqual(selectors, [undefined, 'agents', 'redis', 'redis-sentinel', 'backup'])
  const [, agents] = policiesOf()
  assert.deepEqual(agents?.spec.podSelector.matchLabels, {
    ...{ 'app.kubernetes.io/name': 'desk', 'app.kubernetes.io/component': 'agents' },
  })
})

test('No rule is without a peer or without a port: such a rule lets everybody through', () => {
  const egress = [{ namespace: { team: 'tools' }, ports: [9000] }, { cidr: '10.2.0.0/16' }]
  const callers = [{ pods: { app: 'web' }, namespace: { team: 'shop' } }]
  for (const mesh of [{ kind: 'none' }, { kind: 'ambient', gateway: 'edge/main' }, { kind: 'sidecar' }] as const) {
    const policies = policiesOf({ mesh, network: { egress, callers } })
    for (const { spec } of policies) {
      for (const { from, ports } of spec.ingress ?? []) assert.ok(from.length === 1 && ports.length > 0)
      for (const { to, ports } of spec.egress ?? []) assert.ok(to.length === 1 && ports.length > 0)
    }
  }
})

test('Redis goes nowhere but to itself and the Sentinels', () => {
  const redis = policiesOf().find(({ metadata }) => metadata.name === 'desk-redis')
  const to = redis?.spec.egress?.map((rule) => JSON.stringify(rule.to))
  assert.equal(to?.length, 2)
  assert.match(to?.join('\n') ?? '', /component":"redis"[^\n]*\n.*component":"redis-sentinel"/)
})

test('Callers are those of a namespace with such pods, both at once', () => {
  const callers = [{ namespace: { team: 'shop' }, pods: { app: 'web' } }]
  const agents = policiesOf({ network: { callers } }).find(({ metadata }) => metadata.name === 'desk-agents')
  assert.deepEqual(agents?.spec.ingress?.[1]?.from, [
    { namespaceSelector: { matchLabels: { team: 'shop' } }, podSelector: { matchLabels: { app: 'web' } } },
  ])
})

test('A policy tells the flows that it is made from', () => {
  const [, agents] = policiesOf()
  assert.match(
    agents?.metadata.annotations?.['agentpolis.dev/flows'] ?? '',
    /^the namespace → agents 8080: the API is called$/m,
  )
})

test('Nobody is kept from anybody where the deployment says so', () => {
  assert.deepEqual(policiesOf({ network: { policies: false } }), [])
})
