import type { ScheduleInfo } from '../core/agent.ts'
import { PolisError } from '../core/error.ts'
import { nearest } from '../core/nearest.ts'
import { parseSettings, type SettingSources, type Settings } from '../core/settings.ts'
import type { ModelsConfig } from '../model/config.ts'
import type { McpServerConfig } from '../protocol/mcp/config.ts'
import type { AgentDefinition } from './define-agent.ts'
import { loadAgents } from './project/load-agents.ts'
import { type LoadedConfig, loadConfig } from './project/load-config.ts'
import { readInstructions } from './project/read-instructions.ts'
import { findLock, releaseOf } from './release.ts'

/** An agent of a project: its definition, which release it is, and the file it came from (absolute). */
export interface LoadedAgent {
  readonly definition: AgentDefinition
  readonly release: string
  readonly file: string
  /** Text of the file that its instructions are in. */
  readonly instructions?: string
}

/** A folder with agents, loaded and checked. */
export interface Project {
  /** Absolute. */
  readonly dir: string
  readonly settings: Settings
  /** What whoever runs it should be told: settings that do nothing yet, and old names. */
  readonly warnings: readonly string[]
  /** By name. */
  readonly agents: ReadonlyMap<string, LoadedAgent>
  readonly schedules: readonly ScheduleInfo[]
  readonly servers: Readonly<Record<string, McpServerConfig>>
  readonly models: ModelsConfig
  /** Runs of one tenant at once; absent means no limit. */
  readonly tenantConcurrency?: number
  /** Settings as the project file gives them, and how it is deployed; neither is checked here. */
  readonly given: { readonly settings: Readonly<Record<string, unknown>>; readonly deployment?: unknown }
}

/** Where settings come from beside the project file. */
export type ProjectSources = Omit<SettingSources, 'project'>

/**
 * Loads the project in a folder: executes its project file and its agents' files.
 *
 * Rejects with NOT_FOUND (no such folder), INVALID_CONFIG, or one AGENT_LOAD_FAILED that lists what is wrong with every file.
 */
export async function loadProject(dir: string, sources: ProjectSources = {}): Promise<Project> {
  const loaded = await loadConfig(dir)
  const { settings, warnings } = parseSettings({ ...sources, project: loaded.config.settings })
  const agents = await releaseAgents(dir, loaded, await loadAgents(dir))
  const { servers, models, tenantConcurrency, settings: own, deployment } = loaded.config
  return {
    dir,
    settings,
    warnings,
    agents,
    schedules: schedulesOf(loaded, [...agents.keys()]),
    servers,
    models,
    given: { settings: own, ...(deployment === undefined ? {} : { deployment }) },
    ...(tenantConcurrency === undefined ? {} : { tenantConcurrency }),
  }
}

async function releaseAgents(
  dir: string,
  { file: config }: LoadedConfig,
  agents: Awaited<ReturnType<typeof loadAgents>>,
): Promise<ReadonlyMap<string, LoadedAgent>> {
  const lock = await findLock(dir)
  const shared = { dir, ...(config === undefined ? {} : { config }), ...(lock === undefined ? {} : { lock }) }
  const releases = new Map<string, Promise<string>>()
  const release = (file: string, texts: readonly string[]) => {
    const key = [file, ...texts].join('\n')
    const known = releases.get(key) ?? releaseOf({ ...shared, file, texts })
    releases.set(key, known)
    return known
  }
  const loaded = [...agents].map(async ([name, agent]): Promise<[string, LoadedAgent]> => {
    const instructions = await readInstructions(dir, agent.definition)
    if (instructions === undefined) return [name, { ...agent, release: await release(agent.file, []) }]
    const { file, text } = instructions
    return [name, { ...agent, release: await release(agent.file, [file]), instructions: text }]
  })
  return new Map(await Promise.all(loaded))
}

function schedulesOf({ config }: LoadedConfig, agents: readonly string[]): readonly ScheduleInfo[] {
  const schedules = Object.entries(config.schedules).map(([name, schedule]) => ({ name, ...schedule }))
  const faults = schedules.filter(({ agent }) => !agents.includes(agent)).map((it) => unknownAgent(it, agents))
  if (faults.length > 0) throw new PolisError('INVALID_CONFIG', faults.join('\n'), { details: { faults } })
  return schedules
}

function unknownAgent({ name, agent }: ScheduleInfo, agents: readonly string[]): string {
  const meant = nearest(agent, agents)
  const advice = meant === undefined ? `there are ${agents.join(', ')}` : `did you mean '${meant}'?`
  return `polis.config: schedules.${name}.agent: there is no agent '${agent}'; ${advice}`
}
