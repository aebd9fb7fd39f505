import { PolisError } from '../core/error.ts'
import type { Random } from '../core/random.ts'
import { DEPLOYMENT_ANNOTATION } from '../manifest/with-labels.ts'
import type { ClusterApi } from './api.ts'
import { ownLabels } from './owner.ts'
import type { GeneratedSecret, Target } from './target.ts'

/** Random bytes of a value: it is written in 43 letters, digits, hyphens and underscores. */
const BYTES = 32

/** The Secrets that a target needs and the cluster does not have. */
export async function missingSecrets(
  api: ClusterApi,
  { namespace, secrets }: Target,
): Promise<readonly GeneratedSecret[]> {
  const live = await Promise.all(
    secrets.map(({ name }) => api.get({ apiVersion: 'v1', kind: 'Secret', name, namespace })),
  )
  return secrets.filter((_, index) => live[index] === undefined)
}

/** Makes a Secret with random values, once: one that is there is left as it is, whoever made it. Values are kept nowhere else. */
export async function makeSecret(
  api: ClusterApi,
  { name: deployment, namespace }: Target,
  { name, keys }: GeneratedSecret,
  random: Random,
): Promise<void> {
  const data = Object.fromEntries(keys.map((key) => [key, Buffer.from(secretValue(random)).toString('base64')]))
  const metadata = {
    ...{ name, namespace, labels: ownLabels(deployment) },
    annotations: { [DEPLOYMENT_ANNOTATION]: deployment },
  }
  await api.create({ apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', data }).catch((reason: unknown) => {
    if (PolisError.from(reason).code !== 'CONFLICT') throw reason
  })
}

function secretValue(random: Random): string {
  return Buffer.from(random.bytes(BYTES)).toString('base64url')
}
