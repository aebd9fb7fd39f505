import { createField, type Subject } from './field.ts'
import type { Path, Problem, SourceDocument } from './source.ts'

/** Kind of a file of Prometheus rules, which is no object of Kubernetes. */
export const RULE_FILE = 'RuleFile'

/** The objects of a document: those in a List each by itself, none where the document is something else. */
export function subjectsOf(document: SourceDocument): readonly Subject[] {
  return unfold(document, document.value, [])
}

/** How an object is named in messages: `Deployment shop/web`. */
export function nameOf({ kind, namespace, name }: Pick<Subject, 'kind' | 'namespace' | 'name'>): string {
  return namespace === '' ? `${kind} ${name}` : `${kind} ${namespace}/${name}`
}

function unfold(document: SourceDocument, value: unknown, base: Path): readonly Subject[] {
  if (!isMapping(value)) return []
  const { apiVersion, kind, items, groups } = value
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') {
    const isRules = base.length === 0 && kind === undefined && Array.isArray(groups)
    return isRules ? [createSubject(document, value, base, '', RULE_FILE)] : []
  }
  if (kind.endsWith('List') && Array.isArray(items)) {
    return items.flatMap((item, index) => unfold(document, item, [...base, 'items', index]))
  }
  return [createSubject(document, value, base, apiVersion, kind)]
}

/** What looks like an object of Kubernetes and cannot be one. */
export function straysOf({ value, spotOf }: SourceDocument): readonly Problem[] {
  if (!isMapping(value)) return []
  const missing = ['apiVersion', 'kind'].filter((name) => typeof value[name] !== 'string')
  const isMeant = ['apiVersion', 'kind', 'metadata', 'spec'].filter((name) => value[name] !== undefined).length > 1
  if (missing.length === 0 || !isMeant) return []
  return [{ kind: 'no-object', spot: spotOf([]), message: `It has no ${missing.join(' and no ')} that is a text` }]
}

function createSubject(
  document: SourceDocument,
  value: Readonly<Record<string, unknown>>,
  base: Path,
  apiVersion: string,
  kind: string,
): Subject {
  const slash = apiVersion.indexOf('/')
  const metadata = isMapping(value.metadata) ? value.metadata : {}
  const subject: Subject = {
    ...{ document, apiVersion, kind },
    group: slash < 0 ? '' : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    name: kind === RULE_FILE ? document.file.name : textOf(metadata.name) || textOf(metadata.generateName),
    namespace: textOf(metadata.namespace),
    labels: textsOf(metadata.labels),
    annotations: textsOf(metadata.annotations),
    get root() {
      return createField(subject, value, [])
    },
    at: (...path) => createField(subject, value, []).at(...path),
    spotOf: (path) => document.spotOf([...base, ...path]),
    pathInDocument: (path) => [...base, ...path],
  }
  return subject
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function textsOf(value: unknown): Readonly<Record<string, string>> {
  if (!isMapping(value)) return {}
  return Object.fromEntries(
    Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  )
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
