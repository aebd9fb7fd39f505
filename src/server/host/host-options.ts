import type { AgentInfo } from '../../core/agent.ts'
import type { Settings } from '../../core/settings.ts'
import type { Service } from '../../engine/service/service.ts'

/** How a project is served. */
export interface HostOptions {
  /** Folder of the project, absolute. */
  readonly dir: string
  /** `api` answers clients, `worker` executes runs, `all` does both. */
  readonly role: 'all' | 'api' | 'worker'
  /** `dev` has quicker defaults, lets this machine in without credentials, and reloads changed code. */
  readonly mode: 'dev' | 'serve'
  readonly env: Readonly<Record<string, string | undefined>>
  /** Settings of the command line, by dotted name. */
  readonly overrides?: Readonly<Record<string, unknown>>
  /** Takes log lines and what agents print; standard error by default. */
  readonly output?: { write(text: string | Uint8Array): unknown }
  readonly color?: boolean
  /** Megabytes that the code of agents may hold. */
  readonly memory?: number
}

/** A project that is being served. */
export interface Host {
  /** `api` is absent in a process that only executes runs. */
  readonly urls: { readonly api?: string; readonly health: string; readonly metrics?: string }
  readonly settings: Settings
  /** The runtime itself, for callers within this process. */
  readonly service: Service
  agents(): readonly AgentInfo[]
  /** Loads the code anew; rejects with why it could not, and then the old code stays in use. */
  reload(): Promise<void>
  /** Not ready at once, no new runs; running steps get their time, the rest is handed over; then everything is closed. Never rejects. */
  stop(reason?: string): Promise<void>
  /** Hurries a stop: what still waits is left behind. */
  kill(): void
}
