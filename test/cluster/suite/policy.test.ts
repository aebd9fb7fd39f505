import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { KubernetesObject } from '../../../src/manifest/object.ts'
import { applyObject } from '../api/apply.ts'
import type { Answer } from '../api/client.ts'
import { until } from '../api/until.ts'
import { type Deployed, deploy } from '../deploy.ts'
import { type Cluster, openCluster, skipWithoutCluster } from '../open-cluster.ts'
import { PLEDGED } from '../variant.ts'

let cluster: Cluster

type Fields = Readonly<Record<string, unknown>>

/** What an object of the deployment is changed to, and which pledge that breaks. */
const BREAKS: readonly {
  readonly pledge: string
  readonly how: string
  readonly kind: string
  readonly change: (object: KubernetesObject) => KubernetesObject
}[] = [
  {
    pledge: 'pinned-images',
    how: 'an image without a digest',
    kind: 'Deployment',
    change: withContainer({ image: 'it:1' }),
  },
  {
    pledge: 'unprivileged',
    how: 'a privileged container',
    kind: 'StatefulSet',
    change: withContainer({ securityContext: { privileged: true } }),
  },
  { pledge: 'owned', how: 'no owner', kind: 'Deployment', change: (object) => withLabels(object, { owner: '' }) },
  {
    pledge: 'authenticated',
    how: 'an API that is open',
    kind: 'ConfigMap',
    change: withData({ POLIS_AUTH_MODE: 'open' }),
  },
  { pledge: 'audited', how: 'no audit log', kind: 'ConfigMap', change: withData({ POLIS_AUDIT_ENABLED: 'false' }) },
  {
    pledge: 'encrypted-transit',
    how: 'mutual TLS that is not strict',
    kind: 'PeerAuthentication',
    change: withSpec({ mtls: { mode: 'PERMISSIVE' } }),
  },
  {
    pledge: 'default-deny',
    how: 'a policy that lets everyone in',
    kind: 'NetworkPolicy',
    change: withSpec({ ingress: [{}] }),
  },
  { pledge: 'no-faults', how: 'faults', kind: 'VirtualService', change: withFault },
]

suite('What labels of compliance promise', { skip: skipWithoutCluster() }, () => {
  let deployed: Deployed
  before(async () => {
    cluster = await openCluster()
  })
  after(() => cluster[Symbol.asyncDispose]())

  test('The deployment itself is admitted where it is kept', async (t) => {
    const made = await deploy(t, cluster, PLEDGED)
    if (made === undefined) return
    deployed = made
    assert.deepEqual(deployed.complaints, [])
    const [first] = BREAKS
    assert.ok(first)
    // Policies are in force some moments after they were made.
    await until('policies are in force', async () => ((await tryBreak(first)).status === 403 ? true : undefined))
    for (const object of deployed.objects) {
      const { answer, name } = await applyObject(cluster.client, cluster.find, object, { dryRun: true })
      assert.equal(answer.status, 200, `${name}: ${answer.body.message}`)
    }
    for (const each of BREAKS)
      await t.test(`The cluster refuses ${each.how} (${each.pledge})`, async () => {
        const { status, body } = await tryBreak(each)
        assert.equal(status, 403, body.message)
        assert.match(body.message, new RegExp(`\\(${each.pledge}\\)`))
      })
  })

  async function tryBreak({ kind, change }: (typeof BREAKS)[number]): Promise<Answer> {
    const object = deployed.objects.find((each) => each.kind === kind && isMain(each, deployed))
    assert.ok(object, `there is no ${kind}`)
    return (await applyObject(cluster.client, cluster.find, change(object), { dryRun: true })).answer
  }
})

// Of several ConfigMaps the one with the settings.
function isMain({ kind, metadata }: KubernetesObject, { plan }: Deployed): boolean {
  return kind !== 'ConfigMap' || metadata.name === `${plan.name}-settings`
}

function withContainer(more: Fields): (object: KubernetesObject) => KubernetesObject {
  return (object) => {
    const spec = object.spec as { readonly template: { readonly spec: { readonly containers: readonly Fields[] } } }
    const containers = spec.template.spec.containers.map((container) => ({ ...container, ...more }))
    return { ...object, spec: { ...spec, template: { ...spec.template, spec: { ...spec.template.spec, containers } } } }
  }
}

function withLabels(object: KubernetesObject, labels: Readonly<Record<string, string>>): KubernetesObject {
  return { ...object, metadata: { ...object.metadata, labels: { ...object.metadata.labels, ...labels } } }
}

function withData(more: Fields): (object: KubernetesObject) => KubernetesObject {
  return (object) => ({ ...object, data: { ...Object(object.data), ...more } })
}

function withSpec(more: Fields): (object: KubernetesObject) => KubernetesObject {
  return (object) => ({ ...object, spec: { ...Object(object.spec), ...more } })
}

function withFault(object: KubernetesObject): KubernetesObject {
  const { http } = object.spec as { readonly http: readonly Fields[] }
  const fault = { abort: { percentage: { value: 5 }, httpStatus: 503 } }
  return withSpec({ http: http.map((route) => ({ ...route, fault })) })(object)
}
