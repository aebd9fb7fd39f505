import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPlan } from '../create-plan.ts'
import type { KubernetesObject, Manifest } from '../object.ts'
import type { Plan } from '../plan.ts'
import { exportChart } from './export-chart.ts'
import { MARKS, markDeployment } from './mark.ts'
import { templateOf } from './template.ts'

const deployment = { environments: { staging: { mesh: { kind: 'sidecar', hosts: ['desk.example', 'api.example'] } } } }

function plans(): { readonly plan: Plan; readonly marked: Plan } {
  const shared = { packageName: 'desk', environment: 'staging', settings: {}, agents: { desk: 'r1' } }
  const plan = createPlan({ ...shared, deployment, image: `registry.example:5000/desk:v1@sha256:${'0'.repeat(64)}` })
  const marks = markDeployment(deployment, 'staging', plan)
  return { plan, marked: createPlan({ ...shared, deployment: marks, image: MARKS.image }) }
}

/** The template of one object, as it is made of a plan. */
function templated(make: (plan: Plan) => Omit<KubernetesObject, 'apiVersion'>): string {
  const { plan, marked } = plans()
  const manifestOf = (of: Plan): Manifest => ({
    ...{ file: 'x.yaml', about: 'Something.' },
    objects: [{ apiVersion: 'v1', ...make(of) } as KubernetesObject],
  })
  return templateOf(plan, manifestOf(plan), manifestOf(marked))
}

test('the namespace is the one of the installation, wherever it is named', () => {
  const text = templated(({ namespace }) => ({
    ...{ kind: 'Role', metadata: { name: 'a', namespace } },
    rules: [`cluster.local/ns/${namespace}/sa/desk`, { [`key-${namespace}`]: `a\nb.${namespace}.svc\n` }],
  }))
  assert.match(text, /^ {2}namespace: \{\{ \.Release\.Namespace \}\}$/m)
  assert.match(text, /^ {2}- cluster\.local\/ns\/\{\{ \.Release\.Namespace \}\}\/sa\/desk$/m)
  assert.match(text, /key-\{\{ \.Release\.Namespace \}\}: \|\n +a\n +b\.\{\{ \.Release\.Namespace \}\}\.svc/)
})

test('what is worked out of the namespace is as the plan has it', () => {
  const text = templated(({ namespace }) => ({ kind: 'A', metadata: { name: 'a' }, hash: `h${namespace.length}` }))
  assert.match(text, /hash: h4$/m)
})

test('hosts are values, alone and as a list', () => {
  const text = templated(({ spec }) => {
    const hosts = spec.mesh.kind === 'none' ? [] : spec.mesh.hosts
    return { kind: 'A', metadata: { name: 'a' }, hosts, first: `https://${hosts[0]}/` }
  })
  assert.match(text, /^hosts: \{\{ \.Values\.hosts \| toJson \}\}$/m)
  assert.match(text, /^first: https:\/\/\{\{ index \.Values\.hosts 0 \}\}\/$/m)
})

test('of a Deployment the image, bounds, resources and labels are values, and Helm leaves workers alone', () => {
  const text = templated(({ roles, image }) => ({
    ...{ kind: 'Deployment', metadata: { name: roles[0]?.name ?? '', annotations: { a: 'b' } } },
    spec: {
      replicas: 3,
      template: {
        metadata: { labels: { l: 'm' } },
        spec: { containers: [{ name: 'agents', image, resources: { requests: { cpu: '1' } } }] },
      },
    },
  }))
  assert.match(text, /^ {2}replicas: \{\{ \.Values\.roles\.all\.minReplicas \}\}$/m)
  assert.match(text, /image: \{\{ include "image" \. \}\}$/m)
  assert.match(text, /^ {10}resources: \{\{- toYaml \.Values\.roles\.all\.resources \| nindent 12 \}\}$/m)
  assert.match(
    text,
    /^ {4}a: b\n {4}\{\{- if \.Values\.keepReleases \}\}\n {4}helm\.sh\/resource-policy: keep\n {4}\{\{- end \}\}$/m,
  )
  assert.equal(text.match(/with \.Values\.labels/g)?.length, 2)
})

test('bounds of autoscalers are values; those of others are not', () => {
  const scaler = (target: (plan: Plan) => string) =>
    templated((plan) => ({
      ...{ kind: 'ScaledObject', metadata: { name: 'a' } },
      spec: { scaleTargetRef: { name: target(plan) }, minReplicaCount: 1, maxReplicaCount: 2 },
    }))
  assert.match(
    scaler(({ roles }) => roles[0]?.name ?? ''),
    /minReplicaCount: \{\{ \.Values\.roles\.all\.minReplicas \}\}/,
  )
  assert.match(
    scaler(() => 'model-server'),
    /minReplicaCount: 1\n {2}maxReplicaCount: 2/,
  )
})

test('braces in texts are texts to Helm too', () => {
  const text = templated(() => ({ kind: 'A', metadata: { name: 'a' }, rule: 'is {{ $labels.pod }} down' }))
  assert.match(text, /^rule: is \{\{ "\{\{" \}\} \$labels\.pod \}\} down$/m)
})

test('a chart holds an image in its parts, and its version tells releases apart', () => {
  const { plan, marked } = plans()
  const files = new Map(exportChart(plan, marked, '1.2.3').map(({ path, text }) => [path, text]))
  assert.match(files.get('Chart.yaml') ?? '', new RegExp(`^version: "?1\\.2\\.3\\+${plan.release}"?$`, 'm'))
  assert.match(
    files.get('values.yaml') ?? '',
    /repository: registry\.example:5000\/desk\n {2}tag: v1\n {2}digest: sha256:0{64}/,
  )
  assert.match(files.get('values.yaml') ?? '', /hosts:\n {2}- desk\.example\n {2}- api\.example\n/)
  assert.match(files.get('templates/NOTES.txt') ?? '', /desk-redis \(Opaque\): password/)
})
