import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { PolisError } from '../../core/error.ts'
import type { AgentDefinition } from '../define-agent.ts'
import { importModule } from './import-module.ts'
import { showPath } from './load-error.ts'

/** The folder of a project that holds its agents. */
export const AGENT_FOLDER = 'agents'

/** A definition and the file that exports it (absolute). */
export interface FoundAgent {
  readonly definition: AgentDefinition
  readonly file: string
}

/** Names of files that hold agents: no tests, no declarations, none that begin with `_` or `.`. */
export const AGENT_FILE = /^(?![._]).*(?<!\.(?:test|spec|d))\.(?:ts|js|mjs)$/

/**
 * Executes every file of the agents' folder and gives the agents that they export, by name.
 *
 * Files that begin with `_` or `.`, tests and declarations are left out, and so are subfolders. Rejects with one AGENT_LOAD_FAILED
 * that lists what is wrong with every file, so that one does not hide another.
 */
export async function loadAgents(dir: string): Promise<ReadonlyMap<string, FoundAgent>> {
  const files = await findFiles(dir)
  const results = await Promise.all(files.map((file) => loadFile(file, dir)))
  const problems = results.flatMap((result) => result.problems)
  const agents = new Map<string, FoundAgent>()
  for (const { definition, file } of results.flatMap((result) => result.agents)) {
    const before = agents.get(definition.name)
    if (before === undefined) agents.set(definition.name, { definition, file })
    else problems.push(`${showPath(file, dir)}: ${nameClash(definition.name, before.file, file)}`)
  }
  if (problems.length > 0) throw loadFailed(problems)
  return agents
}

async function findFiles(dir: string): Promise<readonly string[]> {
  const folder = join(dir, AGENT_FOLDER)
  const names = await readdir(folder).catch(() => {
    throw loadFailed([
      `${dir} has no folder ${AGENT_FOLDER}/: create it with polis init, or give another project folder`,
    ])
  })
  const files = names.filter((name) => AGENT_FILE.test(name)).sort()
  if (files.length === 0) {
    throw loadFailed([`${folder} holds no agents: add a file such as hello.ts with: export default defineAgent({ … })`])
  }
  return files.map((name) => join(folder, name))
}

async function loadFile(file: string, dir: string): Promise<{ agents: FoundAgent[]; problems: string[] }> {
  const imported = await importModule(file, dir)
  if (imported.kind === 'failed') return { agents: [], problems: [imported.problem] }
  const values = new Set(Object.values(imported.exports))
  const definitions = [...values].filter(isAgent)
  if (definitions.length > 0) return { agents: definitions.map((definition) => ({ definition, file })), problems: [] }
  return { agents: [], problems: [`${showPath(file, dir)}: ${noAgent(imported.exports, file)}`] }
}

/** Whether it is an agent's definition: not by class or identity, since it may come from another copy of the package. */
export function isAgent(value: unknown): value is AgentDefinition {
  if (typeof value !== 'object' || value === null || !('kind' in value) || value.kind !== 'agent') return false
  return 'run' in value || 'loop' in value
}

function noAgent(exports: Readonly<Record<string, unknown>>, file: string): string {
  const lookalike = Object.entries(exports).find(([, it]) => isLookalike(it))
  if (lookalike !== undefined) return `its export '${lookalike[0]}' is no agent: wrap it in defineAgent({ … })`
  if (typeof exports.default === 'function') {
    return 'its default export is a function: make it the run option of defineAgent({ name, run })'
  }
  return `it exports no agent: export default defineAgent({ … }), or rename it _${basename(file)} or move it out of ${AGENT_FOLDER}/`
}

function isLookalike(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || 'kind' in value) return false
  return 'run' in value || 'model' in value
}

function nameClash(name: string, before: string, file: string): string {
  const where = before === file ? 'this file' : `${AGENT_FOLDER}/${basename(before)}`
  return `an agent named '${name}' is also exported by ${where}: give one of them another name`
}

function loadFailed(problems: readonly string[]): PolisError {
  return new PolisError('AGENT_LOAD_FAILED', problems.join('\n'), { details: { problems } })
}
