import type { Clock } from '../../core/clock.ts'
import type { Settings } from '../../core/settings.ts'
import type { Transients } from '../../core/transient.ts'
import type { Service } from '../../engine/service/service.ts'
import type { BlobPort } from '../../store/blob.ts'
import type { Log } from '../../telemetry/log.ts'
import type { Metrics } from '../../telemetry/metrics-port.ts'
import type { Authenticator } from '../auth/authenticator.ts'

/** Settings that the REST server reads. */
export type RestSettings = Pick<
  Settings,
  'server.max_body_bytes' | 'server.max_concurrent_requests' | 'server.rate_limit' | 'server.cors_origins'
>

/** Whether new runs are accepted: not while the process drains and nobody else would execute them. */
export interface Gate {
  readonly draining: boolean
  /** Whether other processes may work on the same store. */
  readonly shared: boolean
}

/** What the REST server is made from. */
export interface RestDependencies {
  readonly service: Service
  readonly blobs: BlobPort
  readonly transients: Transients
  readonly authenticator: Authenticator
  readonly settings: RestSettings
  readonly log: Log
  readonly metrics: Metrics
  readonly clock: Clock
  readonly gate: Gate
  /** Makes ids of requests that bring none. */
  readonly requestId: () => string
  readonly stream?: StreamLimits
}

/** How streams behave; times in milliseconds. */
export interface StreamLimits {
  /** A comment is sent when nothing else was for so long. */
  readonly heartbeat: number
  /** A client that reads nothing for so long is dropped. */
  readonly stall: number
}

/** By default. */
export const STREAM_LIMITS: StreamLimits = { heartbeat: 15_000, stall: 60_000 }
