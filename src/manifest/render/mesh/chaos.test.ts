import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPlan } from '../../create-plan.ts'
import { planOf } from '../../fixture.ts'
import { renderManifests } from '../../render.ts'
import { renderChaos } from './chaos.ts'

const UNTIL = '2026-12-01T12:00:00Z'
const BEFORE = Date.parse(UNTIL) - 1
const MESH = {
  kind: 'sidecar',
  chaos: { until: UNTIL, delay: { percent: 10, time: '1s500ms' }, abort: { percent: 5, status: 503 } },
} as const

test('Faults are an overlay: no other manifest has them', () => {
  const text = JSON.stringify(renderManifests(planOf({ mesh: MESH })))
  assert.ok(!/chaos|"fault|HTTPFault/.test(text))
})

test('The overlay says when it ends, and has what ends it, first', () => {
  const { objects } = renderChaos(planOf({ mesh: MESH }), BEFORE)
  assert.deepEqual(
    objects.map(({ kind }) => kind),
    ['NetworkPolicy', 'ServiceAccount', 'Role', 'RoleBinding', 'Job', 'EnvoyFilter'],
  )
  assert.equal(objects.at(-1)?.metadata.annotations?.['agentpolis.dev/expires'], UNTIL)
})

test('The Job may read and delete the faults, and nothing else', () => {
  const role = renderChaos(planOf({ mesh: MESH }), BEFORE).objects.find(({ kind }) => kind === 'Role')
  assert.deepEqual(role?.rules, [
    {
      ...{ apiGroups: ['networking.istio.io'], resources: ['envoyfilters'], resourceNames: ['desk-chaos'] },
      verbs: ['get', 'delete'],
    },
  ])
})

test('Times are written in seconds, the only form that Envoy takes', () => {
  const filter = renderChaos(planOf({ mesh: MESH }), BEFORE).objects.at(-1)
  assert.match(JSON.stringify(filter), /"fixed_delay":"1\.5s","percentage":\{"numerator":10,"denominator":"HUNDRED"\}/)
  assert.match(JSON.stringify(filter), /"http_status":503,"percentage":\{"numerator":5,"denominator":"HUNDRED"\}/)
})

test('Faults are in front of the pods that serve the API', () => {
  const filter = renderChaos(planOf({ mesh: MESH, roles: 'apart' }), BEFORE).objects.at(-1)
  assert.match(JSON.stringify(filter), /"workloadSelector":\{"labels":\{[^}]*"app.kubernetes.io\/component":"api"/)
})

test('Faults are refused once they are over, and where there are none', () => {
  assert.throws(() => renderChaos(planOf({ mesh: MESH }), Date.parse(UNTIL)), {
    message: `polis.config: deployment.mesh.chaos.until: expected a time that is still to come, got ${UNTIL}`,
  })
  assert.throws(() => renderChaos(planOf(), BEFORE), { code: 'INVALID_CONFIG' })
})

test('Faults are refused in production, by the name of the environment or by its label', () => {
  const named = { environment: 'production', deployment: { mesh: MESH, environments: { production: {} } } }
  const labelled = { environment: undefined, deployment: { mesh: MESH, labels: { environment: 'production' } } }
  for (const given of [named, labelled])
    assert.throws(() => createPlan({ packageName: 'desk', settings: {}, agents: {}, ...given }), {
      code: 'INVALID_CONFIG',
      message: /deployment\.mesh\.chaos: expected none in production/,
    })
})
