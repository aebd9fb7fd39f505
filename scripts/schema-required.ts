import type { OpenApiSchema } from '../src/manifest/schema/compact.ts'

/** Fields that Kubernetes demands and its OpenAPI does not: by definition (source: k8s.io/kubernetes, pkg/apis/core/validation). */
const REQUIRED: Readonly<Record<string, string>> = {
  ConfigMapEnvSource: 'name',
  ConfigMapKeySelector: 'name',
  ConfigMapProjection: 'name',
  ConfigMapVolumeSource: 'name',
  ExecAction: 'command',
  PersistentVolumeClaimSpec: 'accessModes',
  SecretEnvSource: 'name',
  SecretKeySelector: 'name',
  SecretProjection: 'name',
  SecretVolumeSource: 'secretName',
}

/** Definitions with the fields that validation demands. */
export function withRequired(
  definitions: Readonly<Record<string, OpenApiSchema>>,
): Readonly<Record<string, OpenApiSchema>> {
  const changed = Object.entries(REQUIRED).map(([kind, field]) => {
    const name = `io.k8s.api.core.v1.${kind}`
    const definition = definitions[name]
    return [name, { ...definition, required: [...(definition?.required ?? []), field] }] as const
  })
  return { ...definitions, ...Object.fromEntries(changed) }
}
