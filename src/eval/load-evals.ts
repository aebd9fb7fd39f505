import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { EVAL_FILE, EVAL_FOLDER } from '../agent/project/eval-file.ts'
import { importModule } from '../agent/project/import-module.ts'
import { showPath } from '../agent/project/load-error.ts'
import { releaseOf } from '../agent/release.ts'
import { PolisError } from '../core/error.ts'
import { nearest } from '../core/nearest.ts'
import type { EvalDefinition } from './define-eval.ts'

/** An eval of a project, and the file that exports it. */
export interface LoadedEval {
  readonly definition: EvalDefinition
  /** Absolute, and as it is shown. */
  readonly file: string
  readonly shown: string
  /** Hash of the file and what it imports. */
  readonly code: string
}

/**
 * Executes every `*.eval.ts` of the project's folder `evals` and gives the evals that they export, by name. Only in the agents' thread.
 *
 * Rejects with one AGENT_LOAD_FAILED that lists what is wrong with every file; `agents` are the names of those that there are.
 */
export async function loadEvals(dir: string, agents: readonly string[]): Promise<readonly LoadedEval[]> {
  const files = await findFiles(dir)
  const results = await Promise.all(files.map((file) => loadFile(file, dir)))
  const evals = results.flatMap(({ found }) => found)
  const problems = [...results.flatMap((result) => result.problems), ...clashesOf(evals), ...strangersOf(evals, agents)]
  if (problems.length > 0) throw new PolisError('AGENT_LOAD_FAILED', problems.join('\n'), { details: { problems } })
  return evals.sort((a, b) => (a.definition.name < b.definition.name ? -1 : 1))
}

async function findFiles(dir: string): Promise<readonly string[]> {
  const folder = join(dir, EVAL_FOLDER)
  const names = await readdir(folder).catch(() => [])
  const files = names.filter((name) => EVAL_FILE.test(name)).sort()
  if (files.length > 0) return files.map((name) => join(folder, name))
  throw new PolisError(
    'NOT_FOUND',
    `${folder} holds no evals: add a file such as hello.eval.ts with: export default defineEval({ … })`,
    { details: { hint: "'polis init' writes a small one" } },
  )
}

async function loadFile(file: string, dir: string): Promise<{ found: LoadedEval[]; problems: string[] }> {
  const shown = showPath(file, dir)
  const imported = await importModule(file, dir)
  if (imported.kind === 'failed') return { found: [], problems: [imported.problem] }
  const definitions = [...new Set(Object.values(imported.exports))].filter(isEval)
  if (definitions.length === 0)
    return { found: [], problems: [`${shown}: it exports no eval: export default defineEval({ … })`] }
  const code = await releaseOf({ dir, file })
  return { found: definitions.map((definition) => ({ definition, file, shown, code })), problems: [] }
}

// Not by class or identity: it may come from another copy of the package.
function isEval(value: unknown): value is EvalDefinition {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'eval' && 'scorers' in value
}

function clashesOf(evals: readonly LoadedEval[]): readonly string[] {
  const first = new Map<string, LoadedEval>()
  return evals.flatMap((it) => {
    const before = first.get(it.definition.name)
    if (before === undefined) first.set(it.definition.name, it)
    return before === undefined
      ? []
      : [
          `${it.shown}: an eval named '${it.definition.name}' is also exported by ${before.shown}: give one of them another name`,
        ]
  })
}

function strangersOf(evals: readonly LoadedEval[], agents: readonly string[]): readonly string[] {
  return evals.flatMap(({ definition: { name, agent }, shown }) => {
    if (agents.includes(agent)) return []
    const near = nearest(agent, agents)
    const hint = near === undefined ? `there are ${agents.join(', ')}` : `did you mean '${near}'?`
    return [`${shown}: defineEval ${name}: option agent: there is no agent '${agent}'; ${hint}`]
  })
}
