import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { KubernetesObject } from '../../../src/manifest/object.ts'
import { renderAdmission } from '../../../src/manifest/render/admission.ts'
import { renderManifests } from '../../../src/manifest/render.ts'
import { applyObject, complaintsOf } from '../api/apply.ts'
import { pathOfObject } from '../api/resource.ts'
import { until } from '../api/until.ts'
import { applyAll } from '../deploy.ts'
import { admissionCases } from '../fixture/admission/case.ts'
import { compliantPlan } from '../fixture/admission/plan.ts'
import { type Cluster, openCluster, skipWithoutCluster } from '../open-cluster.ts'

const NAMESPACE = 'polis-compliance'
const PLAN = compliantPlan(NAMESPACE)
const CASES = admissionCases(NAMESPACE)

let cluster: Cluster

suite('Admission policies for labels of compliance, on a real API server', { skip: skipWithoutCluster() }, () => {
  before(async () => {
    cluster = await openCluster()
    const metadata = { name: NAMESPACE }
    // Without labels of Pod Security, which would refuse some cases before.
    await cluster.client.ask('POST', '/api/v1/namespaces', { body: { apiVersion: 'v1', kind: 'Namespace', metadata } })
    assert.deepEqual(complaintsOf(await applyAll(cluster, renderAdmission(PLAN).objects)), [])
    for (const { subject, object } of CASES.filter(({ broken }) => broken !== undefined))
      await until(`the policy of ${subject} is in force`, async () =>
        (await ask(object)).status === 403 ? true : undefined,
      )
  })
  after(async () => {
    for (const object of renderAdmission(PLAN).objects) {
      const resource = await cluster.find(object)
      if (resource !== undefined) await cluster.client.ask('DELETE', pathOfObject(resource, object))
    }
    await cluster.client.ask('DELETE', `/api/v1/namespaces/${NAMESPACE}`)
    await cluster[Symbol.asyncDispose]()
  })

  for (const { title, subject, object, broken } of CASES) {
    test(`${subject}: ${title} is ${broken === undefined ? 'let through' : `refused (${broken})`}`, async () => {
      const { status, body, warnings } = await ask(object)
      if (broken === undefined) return assert.deepEqual({ status, warnings }, { status: 201, warnings: [] })
      assert.equal(status, 403)
      assert.match(body.message, new RegExp(`\\(${broken}\\)`))
    })
  }

  test('They let through what the deployment itself is made of', async () => {
    const own = renderManifests(PLAN).flatMap(({ objects }) => objects.filter(({ kind }) => kind !== 'Namespace'))
    const applied = []
    for (const object of own) applied.push(await applyObject(cluster.client, cluster.find, object, { dryRun: true }))
    assert.deepEqual(complaintsOf(applied), [])
  })

  test('The API server finds no mistake in their expressions', async () => {
    for (const { kind, metadata } of renderAdmission(PLAN).objects.filter(({ kind }) => !kind.endsWith('Binding'))) {
      const path = `/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/${metadata.name}`
      const checked = await until(`${kind} ${metadata.name} is checked`, async () => {
        const { body } = await cluster.client.ask('GET', path)
        return body.status?.typeChecking
      })
      assert.deepEqual(checked, {}, metadata.name)
    }
  })
})

async function ask(object: KubernetesObject) {
  return (await applyObject(cluster.client, cluster.find, object, { dryRun: true })).answer
}
