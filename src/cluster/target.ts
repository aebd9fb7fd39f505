import { createHash } from 'node:crypto'
import type { KubernetesObject, Manifest } from '../manifest/object.ts'
import type { GeneratedValue, Plan } from '../manifest/plan.ts'

/** What is to be on the cluster. */
export interface Target {
  /** Of the deployment. */
  readonly name: string
  readonly namespace: string
  readonly environment: string
  readonly image: string
  /** Of all agents together. */
  readonly release: string
  /** By name, the release of each agent. */
  readonly agents: Readonly<Record<string, string>>
  readonly objects: readonly KubernetesObject[]
  /** Secrets that get random values where there are none. */
  readonly secrets: readonly GeneratedSecret[]
  /** Of all that is above: another one is another target. Sixteen hexadecimal digits. */
  readonly hash: string
}

/** A Secret that nobody else makes. */
export interface GeneratedSecret {
  readonly name: string
  readonly value: GeneratedValue
}

/** What a plan and its manifests ask of the cluster. */
export function targetOf(plan: Plan, manifests: readonly Manifest[]): Target {
  const { name, namespace, environment, image, release, agents } = plan
  const objects = manifests.flatMap((manifest) => manifest.objects)
  const secrets = plan.secrets.flatMap((secret) =>
    secret.generated === undefined ? [] : [{ name: secret.name, value: secret.generated }],
  )
  const content = { name, namespace, environment, image, release, agents, objects, secrets }
  const hash = createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16)
  return { ...content, hash }
}
