import { relative } from 'node:path'

type ReportedError = Error & { readonly failureType?: string }

/** What the runner needs of the events that `node --test` gives to a reporter. */
export interface TestEvent {
  readonly type: string
  readonly data: {
    readonly name: string
    /** Where the test was declared, and the file that was run: they differ for a shared suite. */
    readonly file?: string
    readonly entryFile?: string
    readonly message?: string
    readonly skip?: boolean | string
    readonly todo?: boolean | string
    readonly details?: {
      readonly duration_ms: number
      readonly type?: string
      readonly error?: ReportedError
    }
  }
}

/** The path of the test file that an event belongs to, relative to the working directory. */
export function pathOf({ data }: TestEvent): string {
  return relative(process.cwd(), data.entryFile ?? data.file ?? '')
}

export type Outcome =
  | { readonly kind: 'passed'; readonly name: string }
  | { readonly kind: 'failed'; readonly name: string; readonly reason: string }
  | { readonly kind: 'skipped'; readonly name: string; readonly reason: string }

/**
 * Reads the outcome of one test from an event; `undefined` for everything that is no test of its own.
 *
 * Suites, and tests that failed only because a test inside them did, are left out: each failure counts once. A file that
 * declares no test is a failure, since Node would report the file itself as a test that passed.
 */
export function outcomeOf({ type, data }: TestEvent): Outcome | undefined {
  if (type !== 'test:pass' && type !== 'test:fail') return undefined
  const { name } = data
  if (data.details?.type === 'suite') return outcomeOfSuite(data)
  if (type === 'test:fail' && data.todo === undefined) {
    const error = data.details?.error
    return error?.failureType === 'subtestsFailed' ? undefined : { kind: 'failed', name, reason: summaryOf(error) }
  }
  if (data.skip !== undefined) return { kind: 'skipped', name, reason: reasonOf(data.skip) }
  if (data.todo !== undefined) return { kind: 'skipped', name, reason: `to do: ${reasonOf(data.todo)}` }
  if (data.file?.endsWith(name)) return { kind: 'failed', name, reason: 'the file declares no test' }
  return { kind: 'passed', name }
}

/** What one line has room for: the summary stands at the end of a long output, and may be all that somebody sees of it. */
function summaryOf(error: ReportedError | undefined): string {
  const kind = error?.failureType ?? 'error'
  const { cause } = error ?? {}
  const words = (cause instanceof Error ? cause.message : String(cause ?? '')).replaceAll(/\s+/g, ' ').trim()
  if (words === '') return kind
  return `${kind}: ${words.length > 300 ? `${words.slice(0, 300)}…` : words}`
}

/** Of itself a suite can be skipped as a whole, or fail: in a hook, or before it has declared a test. */
function outcomeOfSuite({ name, skip, details }: TestEvent['data']): Outcome | undefined {
  if (skip !== undefined) return { kind: 'skipped', name, reason: reasonOf(skip) }
  const failureType = details?.error?.failureType
  if (failureType === undefined || failureType === 'subtestsFailed') return undefined
  return { kind: 'failed', name, reason: failureType === 'hookFailed' ? 'a hook failed' : failureType }
}

function reasonOf(value: boolean | string): string {
  return typeof value === 'string' && value !== '' ? value : 'no reason given'
}
