import { createApiKey } from '../core/api-key.ts'
import { PolisError } from '../core/error.ts'
import { DEFAULT_TENANT } from '../core/name.ts'
import type { Random } from '../core/random.ts'
import type { Scope } from '../core/route/operation.ts'
import type { GeneratedValue } from '../manifest/plan.ts'
import { DEPLOYMENT_ANNOTATION } from '../manifest/with-labels.ts'
import type { ClusterApi } from './api.ts'
import { ownLabels } from './owner.ts'
import type { GeneratedSecret, Target } from './target.ts'

/** Random bytes of a value: it is written in 43 letters, digits, hyphens and underscores. */
const BYTES = 32

/** What the first key of a deployment is for: runs of its tenant, and deploying. It administers nothing. */
const FIRST_SCOPES: readonly Scope[] = ['runs:read', 'runs:write', 'releases:read']

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

/** Makes a Secret with values of its own, once: one that is there is left as it is, whoever made it. Values are kept nowhere else. */
export async function makeSecret(
  api: ClusterApi,
  { name: deployment, namespace }: Target,
  { name, value }: GeneratedSecret,
  random: Random,
): Promise<void> {
  const texts = Object.entries(textsOf(value, random))
  const data = Object.fromEntries(texts.map(([key, text]) => [key, Buffer.from(text).toString('base64')]))
  const metadata = {
    ...{ name, namespace, labels: ownLabels(deployment) },
    annotations: { [DEPLOYMENT_ANNOTATION]: deployment },
  }
  await api.create({ apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', data }).catch((reason: unknown) => {
    if (PolisError.from(reason).code !== 'CONFLICT') throw reason
  })
}

function textsOf(value: GeneratedValue, random: Random): Readonly<Record<string, string>> {
  if (value.kind === 'random') return Object.fromEntries(value.keys.map((key) => [key, secretValue(random)]))
  const request = { id: value.id, tenant: DEFAULT_TENANT, scopes: FIRST_SCOPES, secret: random.bytes(BYTES) }
  const { key, record } = createApiKey(request)
  return { [value.key]: key, [value.record]: `${JSON.stringify(record)}\n` }
}

function secretValue(random: Random): string {
  return Buffer.from(random.bytes(BYTES)).toString('base64url')
}
