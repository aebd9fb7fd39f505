import type { Evidence } from '../evidence.ts'

/** The score of a run that did not complete, for scorers of outputs; undefined for one that did. */
export function failure({ error }: Evidence): { readonly score: number; readonly reason: string } | undefined {
  return error === undefined ? undefined : { score: 0, reason: `${error.code}: ${error.message}` }
}
