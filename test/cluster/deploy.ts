import { randomBytes } from 'node:crypto'
import type { TestContext } from 'node:test'
import type { KubernetesObject } from '../../src/manifest/object.ts'
import type { Plan } from '../../src/manifest/plan.ts'
import { renderManifests } from '../../src/manifest/render.ts'
import { type Applied, applyObject, complaintsOf } from './api/apply.ts'
import { pathOfObject } from './api/resource.ts'
import { until } from './api/until.ts'
import type { Cluster } from './open-cluster.ts'
import type { Variant } from './variant.ts'

/** A deployment whose objects are on the cluster, where they were admitted. */
export interface Deployed {
  readonly plan: Plan
  readonly namespace: string
  readonly objects: readonly KubernetesObject[]
  /** What is wrong with them: refusals and warnings. */
  readonly complaints: readonly string[]
}

/**
 * Applies all objects of a variant, in a namespace of its own that is gone with the test.
 *
 * Undefined where a user's cluster does not know one of the kinds: the test is skipped then.
 */
export async function deploy(t: TestContext, cluster: Cluster, variant: Variant): Promise<Deployed | undefined> {
  const namespace = `polis-${randomBytes(4).toString('hex')}`
  const plan = await variant.plan(namespace)
  const objects = renderManifests(plan).flatMap((manifest) => manifest.objects)
  const unknown = cluster.isOwn ? [] : await unknownKinds(cluster, objects)
  if (unknown.length > 0) {
    t.skip(`the cluster does not know ${unknown.join(', ')}`)
    return undefined
  }
  t.after(() => remove(cluster, objects))
  const complaints = complaintsOf(await applyAll(cluster, objects))
  // A controller makes it; without it no pod of the namespace is admitted that names no other.
  await until(`the service account default of ${namespace} is there`, async () => {
    const { status } = await cluster.client.ask('GET', `/api/v1/namespaces/${namespace}/serviceaccounts/default`)
    return status === 200 ? true : undefined
  })
  return { plan, namespace, objects, complaints }
}

/** Applies objects one after another, as they are ordered. */
export async function applyAll({ client, find }: Cluster, objects: readonly KubernetesObject[]): Promise<Applied[]> {
  const applied: Applied[] = []
  for (const object of objects) applied.push(await applyObject(client, find, object))
  return applied
}

async function unknownKinds({ find }: Cluster, objects: readonly KubernetesObject[]): Promise<readonly string[]> {
  const unknown = new Set<string>()
  for (const object of objects)
    if ((await find(object)) === undefined) unknown.add(`${object.apiVersion} ${object.kind}`)
  return [...unknown]
}

// A namespace takes what is in it along; what belongs to the whole cluster would govern the tests that follow.
async function remove({ client, find }: Cluster, objects: readonly KubernetesObject[]): Promise<void> {
  for (const object of objects.toReversed()) {
    const resource = await find(object)
    if (resource !== undefined && !resource.namespaced) await client.ask('DELETE', pathOfObject(resource, object))
  }
}
