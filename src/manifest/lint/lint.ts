import type { Field, Subject } from './field.ts'
import type { Edit, Finding, Rule, Severity } from './rule.ts'
import { RULES } from './rules.ts'
import { parseSource, type SourceFile, type Spot } from './source.ts'
import { nameOf, straysOf, subjectsOf } from './subject.ts'
import { suppressionsOf } from './suppression.ts'
import { createWorld, type Surroundings, type World } from './world.ts'

/** A finding with its place, as it is reported. */
export interface Report extends Spot {
  readonly rule: string
  readonly severity: Severity
  readonly message: string
  /** `Deployment shop/web`; undefined where the place is in no object. */
  readonly object?: string
  /** `spec.template.spec.containers[0]`. */
  readonly path?: string
  readonly fix?: readonly Edit[]
  readonly subject?: Subject
}

/** What came of linting. */
export interface LintResult {
  /** By file and line. */
  readonly reports: readonly Report[]
  /** Objects that were looked at. */
  readonly objects: number
  /** Findings that an annotation gives a reason for. */
  readonly suppressed: number
}

/** What to lint beside the files, and by which rules: by default by all. */
export interface LintOptions extends Surroundings {
  readonly rules?: readonly Rule[]
}

/** Lints files together, since objects of one refer to those of another. */
export function lint(files: readonly SourceFile[], options: LintOptions): LintResult {
  const parsed = files.map(parseSource)
  const subjects = parsed.flatMap(({ documents }) => documents.flatMap(subjectsOf))
  const problems = parsed.flatMap((each) => [...each.problems, ...each.documents.flatMap(straysOf)])
  return lintWorld(createWorld(subjects, problems, options), options.rules ?? RULES)
}

function lintWorld(world: World, rules: readonly Rule[]): LintResult {
  const suppressions = new Map(world.subjects.map((subject) => [subject, suppressionsOf(subject)]))
  const isSuppressed = ({ subject, rule }: Report) =>
    subject !== undefined && (suppressions.get(subject) ?? []).some(({ id, reason }) => id === rule && reason !== '')
  const all = unique(rules.flatMap((rule) => [...rule.check(world)].map((finding) => report(rule, finding))))
  const kept = all.filter((each) => !isSuppressed(each))
  return { reports: kept.toSorted(byPlace), objects: world.subjects.length, suppressed: all.length - kept.length }
}

// What several objects lead to is said once.
function unique(reports: readonly Report[]): readonly Report[] {
  const key = ({ rule, file, line, column, message }: Report) => [rule, file, line, column, message].join('\n')
  return [...new Map(reports.map((each) => [key(each), each])).values()]
}

function report({ id, severity }: Rule, { at, message, fix }: Finding): Report {
  const shared = { rule: id, severity, message, ...(fix === undefined ? {} : { fix }) }
  if (!isField(at)) return { ...at, ...shared }
  const { subject, path } = at
  return { ...subject.spotOf(path), ...shared, subject, object: nameOf(subject), path: showPath(path) }
}

function isField(at: Field | Spot): at is Field {
  return 'subject' in at
}

function showPath(path: readonly (string | number)[]): string {
  return path.reduce<string>((shown, step) => {
    if (typeof step === 'number') return `${shown}[${step}]`
    const isPlain = /^[\w-]+$/.test(step)
    if (!isPlain) return `${shown}["${step}"]`
    return shown === '' ? step : `${shown}.${step}`
  }, '')
}

function byPlace(one: Report, other: Report): number {
  return (
    (one.file < other.file ? -1 : one.file > other.file ? 1 : 0) ||
    one.line - other.line ||
    one.column - other.column ||
    (one.rule < other.rule ? -1 : one.rule > other.rule ? 1 : 0)
  )
}
