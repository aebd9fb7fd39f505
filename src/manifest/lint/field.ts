import type { Path, SourceDocument, Spot } from './source.ts'

/**
 * A place in an object, and what stands there.
 *
 * Every step is allowed: what does not exist has no value, no items and no text, so that rules need not ask at each level.
 */
export interface Field {
  readonly subject: Subject
  /** From the object. */
  readonly path: Path
  readonly value: unknown
  readonly exists: boolean
  readonly text: string | undefined
  readonly number: number | undefined
  readonly items: readonly Field[]
  readonly entries: readonly (readonly [string, Field])[]
  /** A mapping of texts, such as labels; what is no text is left out. */
  readonly texts: Readonly<Record<string, string>>
  at(...path: Path): Field
}

/** One object of a document: of Kubernetes, or a file of Prometheus rules (kind `RuleFile`). */
export interface Subject {
  readonly document: SourceDocument
  readonly apiVersion: string
  /** Empty for the core group. */
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly name: string
  /** Empty where the object names none. */
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly root: Field
  at(...path: Path): Field
  spotOf(path: Path): Spot
  /** The path of a field in the document: that of the object comes first where it is in a List. */
  pathInDocument(path: Path): Path
}

/** The field of a subject at a path. */
export function createField(subject: Subject, value: unknown, path: Path): Field {
  return Object.assign(Object.create(SHARED), { subject, value, path })
}

/** Shared by all fields: rules make one at each step, and closures for each took a quarter of the time of linting. */
const SHARED: Omit<Field, 'subject' | 'value' | 'path'> & ThisType<Field> = {
  get exists() {
    return this.value !== undefined && this.value !== null
  },
  get text() {
    return typeof this.value === 'string' ? this.value : undefined
  },
  get number() {
    return typeof this.value === 'number' ? this.value : undefined
  },
  get items() {
    const { subject, value, path } = this
    return Array.isArray(value) ? value.map((item, index) => createField(subject, item, [...path, index])) : []
  },
  get entries() {
    const { subject, value, path } = this
    return Object.entries(toMapping(value)).map(
      ([key, item]) => [key, createField(subject, item, [...path, key])] as const,
    )
  },
  get texts() {
    const texts = Object.entries(toMapping(this.value)).filter(
      (pair): pair is [string, string] => typeof pair[1] === 'string',
    )
    return Object.fromEntries(texts)
  },
  at(...more) {
    return createField(this.subject, more.reduce(stepInto, this.value), [...this.path, ...more])
  },
}

function stepInto(value: unknown, step: string | number): unknown {
  if (typeof step === 'number') return Array.isArray(value) ? value[step] : undefined
  const mapping = toMapping(value)
  return Object.hasOwn(mapping, step) ? mapping[step] : undefined
}

function toMapping(value: unknown): Readonly<Record<string, unknown>> {
  // An object that is no list is a mapping.
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}
