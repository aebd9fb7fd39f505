import { PATHS, PROBES } from '../../core/ports.ts'
import type { Plan, SecretPlan } from '../plan.ts'
import { renderManifests } from '../render.ts'
import { toYaml } from '../yaml.ts'
import type { SourceFile } from './source.ts'
import type { Provided } from './world/provided.ts'

/** The manifests of a plan as files, and what is known beside them: what others make, and what the image serves. */
export function planSources(plan: Plan): {
  readonly files: readonly SourceFile[]
  readonly provided: readonly Provided[]
  readonly served: Readonly<Record<string, readonly string[]>>
  readonly isComplete: true
} {
  const files = renderManifests(plan).map((manifest) => ({ name: manifest.file, text: toYaml(manifest) }))
  const paths = [...Object.values(PROBES).map(({ path }) => path), PATHS.metrics]
  return { files, provided: providedTo(plan), served: { [plan.image]: paths }, isComplete: true }
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
