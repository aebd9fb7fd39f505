import type { SourceFile } from '../../manifest/lint/source.ts'
import type { Provided } from '../../manifest/lint/world/provided.ts'
import type { Plan, SecretPlan } from '../../manifest/plan.ts'
import { renderManifests } from '../../manifest/render.ts'
import { toYaml } from '../../manifest/yaml.ts'

/** The manifests of a project as files, and what its deployment has others make. */
export function projectSources(plan: Plan): {
  readonly files: readonly SourceFile[]
  readonly provided: readonly Provided[]
} {
  const files = renderManifests(plan).map((manifest) => ({ name: manifest.file, text: toYaml(manifest) }))
  return { files, provided: providedTo(plan) }
}

function providedTo({ spec, namespace, secrets, redis }: Plan): readonly Provided[] {
  const secret = (name: string, keys?: readonly string[]): Provided => ({
    ...{ kind: 'Secret', namespace, name },
    ...(keys === undefined ? {} : { keys }),
  })
  const tls = redis.kind === 'managed' && redis.tlsSecret !== undefined ? [redis.tlsSecret] : []
  const isTheirs = ({ generated }: SecretPlan) => spec.secrets.provider === 'reference' || generated !== undefined
  return [
    ...secrets.filter(isTheirs).map(({ name, keys }) => secret(name, Object.keys(keys))),
    ...tls.map((name) => secret(name, ['tls.crt', 'tls.key', 'ca.crt'])),
    ...spec.image.pullSecrets.map((name) => secret(name)),
    ...(spec.priorityClass === undefined ? [] : [{ kind: 'PriorityClass', namespace: '', name: spec.priorityClass }]),
  ]
}
