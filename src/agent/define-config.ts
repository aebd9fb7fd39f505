import type { DeploymentOptions } from '../core/deployment/schema.ts'
import type { MissedTicks } from '../core/schedule.ts'
import type { SettingsInput } from '../core/settings.ts'
import type { ModelsConfig } from '../model/config.ts'
import type { McpServerConfig } from '../protocol/mcp/config.ts'

/** A schedule of the project: one run of an agent at each tick. */
export interface ScheduleOptions {
  /** Name of an agent of this project. */
  readonly agent: string
  /** Five or six fields (seconds first), or `@daily` and the like. */
  readonly cron: string
  /** IANA name, such as `Europe/Berlin`. Default: `UTC`. */
  readonly timeZone?: string
  /** What happens to ticks that nobody was up for. Default: `once`. */
  readonly missed?: MissedTicks
  /** Input of each run; it must fit the agent's schema. Default: `{}`. */
  readonly input?: unknown
}

/** What `polis.config.ts` says. Every option may be left out. */
export interface ConfigOptions {
  /** Settings by their dotted names; the environment and the command line win over them. */
  readonly settings?: SettingsInput
  /** MCP servers whose tools agents call by `context.tool(name, …)`. */
  readonly servers?: Readonly<Record<string, McpServerConfig>>
  /** Providers of models with their keys, limits and prices; `openai` and `anthropic` are there as soon as their usual key is set. */
  readonly models?: ModelsConfig
  readonly schedules?: Readonly<Record<string, ScheduleOptions>>
  readonly limits?: {
    /** Of each tenant, over all workers. */
    readonly tenant?: { readonly concurrency?: number }
  }
  /** How it is deployed on Kubernetes: what `polis render`, `lint` and `apply` go by. Nothing of it is needed to run. */
  readonly deployment?: DeploymentOptions
}

/**
 * Types the options of a project; make it the default export of `polis.config.ts`.
 *
 * It checks nothing by itself: whoever loads the project does, and names the file and every option that is wrong.
 */
export function defineConfig(options: ConfigOptions): ConfigOptions {
  return options
}
