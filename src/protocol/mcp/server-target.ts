import type { Clock } from '../../core/clock.ts'
import type { Random } from '../../core/random.ts'
import type { Log } from '../../telemetry/log.ts'
import type { McpServerConfig } from './config.ts'
import type { ConnectionShare, Sharer } from './connection-share.ts'
import type { ProcessTable } from './process-table.ts'
import type { SecretSource } from './secret-value.ts'

/** Which server it is, and the limit of a call in milliseconds. */
export interface McpServerTarget {
  readonly name: string
  readonly config: McpServerConfig
  readonly limit: number
}

/** What one server works with. */
export interface McpServerDependencies extends Omit<SecretSource, 'secrets'> {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly onChange: () => void
  /** Joins the servers that share the connections. */
  readonly join: (sharer: Sharer) => ConnectionShare
  /** Bytes that the processes of a server may have in memory together, where it says nothing. */
  readonly memoryLimit: number
  readonly processes: ProcessTable
}
