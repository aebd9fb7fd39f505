import type { Settings } from './settings.ts'

/** A listener of the process: its name in manifests, its default port, and the setting that moves it. */
export interface Port {
  readonly name: string
  readonly number: number
  readonly setting: keyof Settings | undefined
}

/** The listeners. */
export const PORTS = {
  rest: { name: 'http', number: 8080, setting: 'server.port' },
  grpc: { name: 'grpc', number: 8081, setting: undefined },
  metrics: { name: 'metrics', number: 9090, setting: 'prometheus.port' },
} as const satisfies Readonly<Record<string, Port>>

/** Where the REST API begins, and where metrics are served. */
export const PATHS = { api: '/api/v1', metrics: '/metrics' } as const

/** A question that the orchestrator asks the process; times in seconds, as manifests write them. */
export interface Probe {
  readonly path: string
  readonly port: keyof typeof PORTS
  readonly period: number
  readonly failures: number
  /** Whether its answer waits for health checks of dependencies: it may take as long as one of them. */
  readonly checks?: true
}

/** The probes, of which the server answers each path: liveness knows no dependencies, readiness knows them and the drain. */
export const PROBES = {
  liveness: { path: '/health', port: 'rest', period: 10, failures: 3 },
  readiness: { path: '/ready', port: 'rest', period: 5, failures: 2, checks: true },
  startup: { path: '/startup', port: 'rest', period: 2, failures: 60 },
} as const satisfies Readonly<Record<string, Probe>>

/** How long, in seconds, each party must wait so that none cuts another off. */
export interface Deadlines {
  /** Of one health check inside the process. */
  readonly check: number
  /** Of a probe: the checks run in parallel, so it is one check and a second for the answer. */
  readonly probe: number
  /** Of running steps after the process was asked to stop. */
  readonly drain: number
  /** After the drain, for handing over and closing; then the process ends itself. */
  readonly close: number
  /** Of the orchestrator, before it kills the process. */
  readonly grace: number
}

/** Time for handing over runs and closing listeners after the drain, in seconds. */
const CLOSE = 5

/** The deadlines that follow from the settings. */
export function deadlinesOf(
  settings: Pick<Settings, 'agent.health_check_timeout' | 'agent.graceful_shutdown_timeout'>,
): Deadlines {
  const check = settings['agent.health_check_timeout']
  const drain = settings['agent.graceful_shutdown_timeout']
  return { check, probe: Math.ceil(check) + 1, drain, close: CLOSE, grace: Math.ceil(drain) + CLOSE + 5 }
}
