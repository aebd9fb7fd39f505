import type { Clock } from '../../../core/clock.ts'
import type { HostPort } from '../../../core/host-port.ts'
import type { Random } from '../../../core/random.ts'
import type { Log } from '../../../telemetry/log.ts'
import type { Library } from '../library.ts'

/** Where the shards are: on one primary, on whichever the sentinels name, or on those of a Cluster. */
export type Place =
  | { readonly kind: 'standalone'; readonly address: HostPort }
  | {
      readonly kind: 'sentinel'
      readonly sentinels: readonly HostPort[]
      /** Under which they know the primary. */
      readonly name: string
      readonly login: LoginOptions
    }
  | { readonly kind: 'cluster'; readonly nodes: readonly HostPort[] }

/** Whom Redis knows us by. A file is looked at again every few seconds. */
export interface LoginOptions {
  readonly username?: string
  readonly password?: string
  readonly passwordFile?: string
}

/** Files in PEM, read for each connection, so that a renewed certificate is used by the next one. */
export interface TlsOptions {
  readonly caFile?: string
  readonly certFile?: string
  readonly keyFile?: string
  /** The name that Redis' certificate must carry; by default the host that is connected to. */
  readonly serverName?: string
}

/** What an acknowledgement must be worth. */
export type Kept =
  | { readonly kind: 'process' }
  | { readonly kind: 'disk' }
  | { readonly kind: 'replicated'; readonly replicas: number }

/** What a link is opened with. */
export interface LinkOptions {
  readonly place: Place
  readonly login: LoginOptions
  readonly tls?: TlsOptions
  readonly kept: Kept
  readonly library: Library
  /** Every key of shard N begins with `{prefix:N}:`. */
  readonly prefix: string
  /** Of timers and deadlines; must not be the one that follows Redis. */
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** Longest that Redis may say nothing while it is asked (ms); by default 5 s. */
  readonly timeout?: number
  /** Longest that a call waits for a connection before it is refused (ms); by default 1 s. */
  readonly patience?: number
}
