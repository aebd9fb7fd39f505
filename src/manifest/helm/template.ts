import { PolisError } from '../../core/error.ts'
import type { KubernetesObject, Manifest } from '../object.ts'
import type { Plan } from '../plan.ts'
import { toYaml } from '../yaml.ts'
import { hostMark, MARKS } from './mark.ts'
import { type Slot, slotsOf } from './slot.ts'

/**
 * A file of manifests as a template of Helm, which with the values of the plan gives the objects of the plan.
 *
 * `marked` are the same objects, rendered with marks (`markDeployment`). What differs between the two only because something was worked out
 * of a mark, such as a hash, is as the plan has it.
 */
export function templateOf(plan: Plan, manifest: Manifest, marked: Manifest): string {
  const documents = manifest.objects.map((object, index) => {
    const filled = fill(object, marked.objects[index], slotsOf(plan, object), []) as KubernetesObject // Of the same shape.
    return document(withValues(plan, filled), manifest.about)
  })
  return documents.join('---\n')
}

function document(object: KubernetesObject, about: string): string {
  const text = express(toYaml({ about, objects: [object] }).replaceAll('{{', '{{ "{{" }}'))
  // Whoever installs a chart makes the namespace: Helm keeps its own state there before anything is installed.
  return object.kind === 'Namespace' ? `{{- if .Values.namespace.create }}\n${text}{{- end }}\n` : text
}

function fill(value: unknown, marked: unknown, slots: readonly Slot[], path: readonly (string | number)[]): unknown {
  const slot = slots.find((each) => each.path.length === path.length && each.path.every((key, at) => key === path[at]))
  if (slot !== undefined) return typeof value === 'object' ? token('block', slot.value) : token('value', slot.value)
  if (typeof value === 'string' && typeof marked === 'string') return fillText(value, marked)
  if (typeof value !== 'object' || value === null) return value
  if (typeof marked !== 'object' || marked === null || Array.isArray(value) !== Array.isArray(marked))
    throw differing(path)
  if (Array.isArray(value) && Array.isArray(marked)) return fillList(value, marked, slots, path)
  const [fields, others] = [Object.entries(value), Object.entries(marked)]
  if (fields.length !== others.length) throw differing(path)
  return Object.fromEntries(
    fields.map(([key, field], at) => {
      const [markedKey, markedField] = others[at] ?? [key, field]
      return [fillText(key, markedKey), fill(field, markedField, slots, [...path, key])]
    }),
  )
}

function fillList(
  value: readonly unknown[],
  marked: readonly unknown[],
  slots: readonly Slot[],
  path: readonly (string | number)[],
) {
  const isHosts = marked.length > 0 && marked.every((each, index) => each === hostMark(index))
  if (isHosts) return token('list', ['hosts'])
  if (value.length !== marked.length) throw differing(path)
  return value.map((each, index) => fill(each, marked[index], slots, [...path, index]))
}

function fillText(text: string, marked: string): string {
  const filled = marked
    .replaceAll(MARKS.namespace, 'polis-expression-namespace-')
    .replaceAll(MARKS.image, 'polis-expression-image-')
    .replace(/host-(\d+)\.polis-chart\.invalid/g, (_, index) => `polis-expression-host.${index}-`)
  return filled === marked ? text : filled
}

// Stands in YAML where an expression will: a plain text there, whatever is around it.
function token(kind: 'block' | 'value' | 'list', value: readonly string[]): string {
  return `polis-${kind}-${value.join('.')}-`
}

function withValues(plan: Plan, object: KubernetesObject): KubernetesObject {
  const { metadata, spec, ...rest } = object
  // A template of pods, where there is one.
  const { template, ...others } = (spec ?? {}) as {
    readonly template?: { readonly metadata?: KubernetesObject['metadata'] }
  }
  const isWorker =
    object.kind === 'Deployment' && plan.roles.some(({ name, executes }) => executes && name === metadata.name)
  return {
    ...rest,
    metadata: {
      ...metadata,
      labels: { ...metadata.labels, 'polis-labels-': '' },
      ...(isWorker ? { annotations: { ...metadata.annotations, 'polis-keep-': '' } } : {}),
    },
    ...(spec === undefined ? {} : { spec }),
    ...(template?.metadata?.labels === undefined
      ? {}
      : {
          spec: {
            ...others,
            template: {
              ...template,
              metadata: { ...template.metadata, labels: { ...template.metadata.labels, 'polis-labels-': '' } },
            },
          },
        }),
  }
}

function express(yaml: string): string {
  return yaml
    .replace(
      /^( *)polis-labels-: ""$/gm,
      (_, indent) => `${indent}{{- with .Values.labels }}${indented(indent.length, '.')}{{- end }}`,
    )
    .replace(
      /^( *)polis-keep-: ""$/gm,
      '$1{{- if .Values.keepReleases }}\n$1helm.sh/resource-policy: keep\n$1{{- end }}',
    )
    .replace(
      /^( *(?:- )*)([^\s:]+): polis-block-([\w.]+)-$/gm,
      (_, before, key, value) => `${before}${key}:${indented(before.length + 2, pathOf(value))}`,
    )
    .replace(/polis-value-([\w.]+)-/g, (_, value) => `{{ ${pathOf(value)} }}`)
    .replace(/polis-list-([\w.]+)-/g, (_, value) => `{{ ${pathOf(value)} | toJson }}`)
    .replaceAll('polis-expression-namespace-', '{{ .Release.Namespace }}')
    .replaceAll('polis-expression-image-', '{{ include "image" . }}')
    .replace(/polis-expression-host\.(\d+)-/g, '{{ index .Values.hosts $1 }}')
}

function pathOf(value: string): string {
  return `.Values.${value}`
}

function indented(spaces: number, value: string): string {
  return ` {{- toYaml ${value} | nindent ${spaces} }}`
}

function differing(path: readonly (string | number)[]): PolisError {
  return new PolisError('INTERNAL', `the objects of a chart differ in shape at ${path.join('.')}`)
}
