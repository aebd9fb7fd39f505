import { PolisError } from '../../core/error.ts'
import { EVAL_AGENT, EVAL_TAGS } from '../../core/eval.ts'
import { isRunId } from '../../core/name.ts'
import type { RunView } from '../../core/route/wire.ts'
import { type EvalResult, readResult } from '../../eval/result.ts'
import type { CliClient } from '../connection.ts'

/** A result, and the run that it is the output of. */
export interface FoundResult {
  readonly run: RunView
  readonly result: EvalResult
}

const PAGES = 10

/**
 * The newest result of each eval: of a release of its agent, of one run, or `last` of all. `name` takes only that eval; `other` leaves
 * out these runs. NOT_FOUND where there is none.
 */
export async function findResults(
  client: Pick<CliClient, 'runs'>,
  which: string,
  { name, other = new Set() }: { readonly name?: string | undefined; readonly other?: ReadonlySet<string> } = {},
): Promise<ReadonlyMap<string, FoundResult>> {
  const found = new Map<string, FoundResult>()
  const runs = isRunId(which) ? [await client.runs.get(which)] : await newest(client, which, name, other)
  for (const { run } of runs) {
    const view = await client.runs.get(run)
    const result = readResult(view.output)
    if (result !== undefined) found.set(result.eval, { run: view, result })
  }
  if (found.size > 0) return found
  const what = which === 'last' ? 'There is no result to compare with' : `There is no result of '${which}'`
  throw new PolisError('NOT_FOUND', `${what}${name === undefined ? '' : ` of eval ${name}`}`, {
    details: { hint: "'polis eval list' lists results, with the releases of their agents" },
  })
}

async function newest(
  client: Pick<CliClient, 'runs'>,
  which: string,
  name: string | undefined,
  other: ReadonlySet<string>,
): Promise<readonly RunView[]> {
  const tags = {
    ...(name === undefined ? {} : { [EVAL_TAGS.eval]: name }),
    ...(which === 'last' ? {} : { [EVAL_TAGS.release]: which }),
  }
  const byEval = new Map<string, RunView>()
  let cursor: string | undefined
  for (let page = 0; page < PAGES; page++) {
    const filter = { agent: EVAL_AGENT, status: ['completed'] as const, tags, limit: 200 }
    const list = await client.runs.list({ ...filter, ...(cursor === undefined ? {} : { cursor }) })
    for (const run of list.items) {
      const of = run.tags[EVAL_TAGS.eval] ?? ''
      if (!byEval.has(of) && !other.has(run.run)) byEval.set(of, run)
    }
    cursor = list.cursor
    if (cursor === undefined) break
  }
  return [...byEval.values()]
}
