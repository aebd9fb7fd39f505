import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fixFiles } from './fix.ts'
import { type LintResult, lint } from './lint.ts'
import { toSarif } from './report/sarif.ts'
import { RULES } from './rules.ts'

const LIST = `apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Service
    metadata: {name: web, labels: {app: web}}
    spec:
      # what it listens to
      portz: []
`

const SCALED = `# The first stays as it is:   really.
apiVersion: v1
kind: ConfigMap
metadata: {name:    web}
---
# of the shop
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web # the front
spec:
  replicas: 3 # goes
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: web
        image: "web:1"
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: web
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
`

test('An object in a List is linted by itself, at its own line', () => {
  const [found] = linted(LIST, 'unknown-field').reports
  assert.deepEqual([found?.line, found?.column, found?.object, found?.path], [9, 7, 'Service web', 'spec.portz'])
  assert.match(found?.message ?? '', /did you mean 'ports'/)
})

test('A finding is suppressed by its id with a reason, and not without one', () => {
  const annotated = (text: string) =>
    LIST.replace('labels: {app: web}', `annotations: {lint.agentpolis.dev/ignore: "${text}"}`)
  assert.deepEqual(counted(linted(annotated('unknown-field (a test)'), 'unknown-field')), [0, 1])
  assert.deepEqual(counted(linted(annotated('unknown-field'), 'unknown-field')), [1, 0])
  assert.deepEqual(counted(linted(annotated('wrong-type (a test)'), 'unknown-field')), [1, 0])
})

test('A fix changes its own document alone, and keeps comments, quotes and the form of lists', () => {
  const [fixed] = fixFiles(linted(SCALED, 'replicas-beside-autoscaler').reports)
  assert.equal(fixed?.text, SCALED.replace('  replicas: 3 # goes\n', ''))
  assert.equal(fixed?.fixes, 1)
})

test('Numbers of YAML 1.1 are read as the API server reads them', () => {
  const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata:\n  a: on\n  b: 12:30\n  c: 2026-11-26\n'
  const found = linted(text, 'wrong-type').reports.map(({ line, message }) => `${line} ${message}`)
  assert.deepEqual(found, ['5 Expected a text, got true'])
})

test('What is no manifest is passed over, what cannot be parsed is told', () => {
  assert.equal(linted('replicas: 3\n---\n- a\n---\n"text"\n').objects, 0)
  assert.deepEqual(
    linted('{{- if .Values.a }}\na: 1\n{{- end }}\n').reports.map(({ rule, line }) => [rule, line]),
    [['invalid-yaml', 1]],
  )
})

test('SARIF has each rule that fired once, and a place for each finding', () => {
  const result = linted(LIST)
  const { runs } = toSarif(result, RULES, '1.2.3') as {
    readonly runs: readonly {
      readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } }
      readonly results: readonly {
        readonly ruleId: string
        readonly ruleIndex: number
        readonly locations: readonly unknown[]
      }[]
    }[]
  }
  const [run] = runs
  assert.equal(run?.results.length, result.reports.length)
  for (const { ruleId, ruleIndex } of run?.results ?? []) assert.equal(run?.tool.driver.rules[ruleIndex]?.id, ruleId)
  const place = JSON.stringify(run?.results[0]?.locations[0])
  assert.match(place, /"artifactLocation":\{"uri":"list.yaml"\},"region":\{"startLine":\d+,"startColumn":\d+\}/)
})

function linted(text: string, ...ids: readonly string[]): LintResult {
  const rules = ids.length === 0 ? RULES : RULES.filter(({ id }) => ids.includes(id))
  return lint([{ name: 'list.yaml', text }], { now: new Date('2026-11-26T00:00:00Z'), rules })
}

function counted({ reports, suppressed }: LintResult): readonly [number, number] {
  return [reports.length, suppressed]
}
