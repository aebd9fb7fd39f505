import { stringify } from 'yaml'
import type { Manifest } from '../object.ts'
import type { Plan } from '../plan.ts'
import { renderManifests } from '../render.ts'
import { chartNotes } from './note.ts'
import { slotsOf, valueAt } from './slot.ts'
import { templateOf } from './template.ts'

/** A file of a chart; its path is relative to the chart. */
export interface ChartFile {
  readonly path: string
  readonly text: string
}

/** By this a chart is known as one that was exported, and may be written over. */
export const EXPORTED = 'agentpolis.dev/exported'

/**
 * A Helm chart that gives the objects of a plan: with its own values the same as `renderManifests`, but for the Namespace, which Helm's user
 * makes, and an annotation by which Helm leaves the workers of older releases alone.
 *
 * `marked` is the plan of the same project with marks (`markDeployment`, and the mark of the image). `version` is that of the project.
 */
export function exportChart(plan: Plan, marked: Plan, version: string): readonly ChartFile[] {
  const [manifests, others] = [renderManifests(plan), renderManifests(marked)]
  return [
    { path: 'Chart.yaml', text: stringify(chartOf(plan, version), STYLE) },
    { path: 'values.yaml', text: valuesText(plan, manifests) },
    { path: 'templates/_image.tpl', text: IMAGE },
    { path: 'templates/NOTES.txt', text: chartNotes(plan) },
    ...manifests.map((manifest, index) => ({
      path: `templates/${manifest.file}`,
      text: templateOf(plan, manifest, others[index] ?? manifest),
    })),
  ]
}

// As `toYaml` has it.
const STYLE = { lineWidth: 0, compat: 'yaml-1.1' } as const

const IMAGE = `{{- define "image" -}}
{{ .Values.image.repository }}{{ with .Values.image.tag }}:{{ . }}{{ end }}{{ with .Values.image.digest }}@{{ . }}{{ end }}
{{- end }}
`

// Helm wants a semantic version; the release tells charts of one apart.
function chartOf({ name, release, environment }: Plan, version: string): unknown {
  const plain = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(version) ? version : '0.0.0'
  return {
    ...{ apiVersion: 'v2', name, type: 'application', version: `${plain}+${release}`, appVersion: release },
    description: `Agents of ${name}, environment ${environment}, as Agentpolis deploys them`,
    kubeVersion: '>=1.30.0-0',
    annotations: { [EXPORTED]: 'true' },
  }
}

function valuesText(plan: Plan, manifests: readonly Manifest[]): string {
  const sections = Object.entries(valuesOf(plan, manifests)).map(([key, value]) => {
    const about = ABOUT[key]
    return `${about === undefined ? '' : `# ${about}\n`}${stringify({ [key]: value }, STYLE)}`
  })
  return sections.join('\n')
}

const ABOUT: Readonly<Record<string, string>> = {
  image: 'The image that pods run; a digest wins over a tag.',
  labels: 'Further labels of every object.',
  namespace: 'Whether the chart makes its namespace: only where its objects are applied without Helm (helm template).',
  keepReleases:
    'Whether Helm leaves the workers of an older release alone when it upgrades: its runs need them. Delete them when no run is left.',
  roles: 'By kind of pods: how many, and what each asks for.',
  quota: 'What all pods of the namespace may ask for: enough for the most pods above, and half as many again.',
  hosts: 'Hosts that the API is reached by from outside: as many as there are here.',
}

function valuesOf(plan: Plan, manifests: readonly Manifest[]): Readonly<Record<string, unknown>> {
  const { mesh } = plan.spec
  const values: Record<string, unknown> = {
    image: imageValues(plan.image),
    labels: {},
    namespace: { create: false },
    keepReleases: true,
    ...(mesh.kind === 'none' || mesh.hosts.length === 0 ? {} : { hosts: mesh.hosts }),
  }
  for (const object of manifests.flatMap(({ objects }) => objects))
    for (const { path, value } of slotsOf(plan, object)) put(values, value, valueAt(object, path))
  return values
}

function put(values: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key = '', ...rest] = path
  if (rest.length === 0) {
    values[key] = value
    return
  }
  const below = { ...(values[key] as Record<string, unknown> | undefined) } // Made here, a map.
  put(below, rest, value)
  values[key] = below
}

function imageValues(reference: string): unknown {
  const [, repository = reference, tag = '', digest = ''] = /^(.*?)(?::([^:/@]+))?(?:@(.+))?$/.exec(reference) ?? []
  return { repository, tag, digest }
}
