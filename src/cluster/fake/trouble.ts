import type { ClusterApi } from '../api.ts'

/** What goes wrong at one call of the API. */
export interface Trouble {
  /** Which, from 1; of a kill all later ones fail too, since nobody is there to make them. */
  readonly at: number
  /** Whether the call is done nevertheless. */
  readonly done: boolean
  /** Whether everything ends with it. */
  readonly kills: boolean
  readonly error: Error
}

/** A cluster whose API has trouble at one call of all that it is asked, reads and dry runs included; `calls` is what it was asked: `try ConfigMap settings` is a dry run. */
export function withTrouble<Api extends ClusterApi>(
  api: Api,
  trouble?: Trouble,
): Api & { readonly calls: readonly string[] } {
  const calls: string[] = []
  const wrap =
    (name: string, call: (...given: unknown[]) => Promise<unknown>) =>
    async (...given: unknown[]) => {
      calls.push([Object(given[1]).dryRun === true ? 'try' : name, titleOf(given[0])].join(' '))
      const count = calls.length
      const isNow = trouble !== undefined && count === trouble.at
      if (trouble?.kills && count > trouble.at) throw trouble.error
      if (isNow && !trouble.done) throw trouble.error
      const answer = await call(...given)
      if (isNow) throw trouble.error
      return answer
    }
  const wrapped = Object.fromEntries(
    CALLS.map((name) => [name, wrap(name, api[name].bind(api) as (...given: unknown[]) => Promise<unknown>)]),
  )
  // The same methods, each behind its trouble.
  return { ...api, ...wrapped, calls } as Api & { readonly calls: readonly string[] }
}

const CALLS = ['version', 'serves', 'get', 'list', 'apply', 'create', 'replace', 'remove', 'log'] as const

function titleOf(given: unknown): string {
  const {
    kind = '',
    name,
    metadata,
  } = (given ?? {}) as {
    readonly kind?: string
    readonly name?: string
    readonly metadata?: { readonly name?: string }
  }
  return `${kind} ${name ?? metadata?.name ?? ''}`.trim()
}
