import type { Client } from '../client/index.ts'

/** What commands use of the typed client. */
export interface CliClient {
  readonly runs: Omit<Client['runs'], 'iterate'>
  readonly agents: Pick<Client['agents'], 'list'>
  readonly questions: Pick<Client['questions'], 'list' | 'get'>
  readonly sessions: Omit<Client['sessions'], 'iterate'>
  readonly blobs: Pick<Client['blobs'], 'put'>
  readonly costs: Client['costs']
  readonly evals: Client['evals']
  readonly workers: Client['workers']
  readonly schedules: Pick<Client['schedules'], 'list' | 'remove'>
}

/** A way to the runtime, open until it is closed. */
export interface Connection {
  readonly client: CliClient
  /** Whether runs that this process submits are executed in this process. */
  readonly executes: boolean
  /** Hands over what still runs, and lets go of the store. */
  close(): Promise<void>
}

/**
 * What a connection without a server is for: looking at what the store has, knowing the agents as well (which takes loading them), or
 * executing runs besides. Only the last one claims runs.
 */
export type Purpose = 'look' | 'agents' | 'execute'

/** How commands reach the runtime. */
export interface ConnectOptions {
  /** Of a server. Without one, the project's store is opened in this process. */
  readonly url: string | undefined
  readonly apiKey: string | undefined
  /** Directory of the project, absolute. */
  readonly dir: string
  readonly purpose: Purpose
  readonly env: Readonly<Record<string, string | undefined>>
  /** Takes warnings, and what agents print, where they are executed here. */
  readonly output: { write(text: string | Uint8Array): void }
}

/** Opens a connection. Throws PolisError: INVALID_CONFIG, STORE_*, INVALID_ARGUMENT for a bad URL. */
export type Connect = (options: ConnectOptions) => Promise<Connection>
