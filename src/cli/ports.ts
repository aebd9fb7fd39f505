import type { ClusterApi } from '../cluster/api.ts'
import type { KubeconfigOptions } from '../cluster/kubeconfig/load.ts'
import type { AgentInfo } from '../core/agent.ts'
import type { Plan } from '../manifest/plan.ts'
import type { ArchivedStore } from '../store/archive/with-archive.ts'
import type { Connect } from './connection.ts'
import type { Check } from './doctor/check.ts'
import type { BuildOptions, BuiltImage } from './image/build-image.ts'
import type { Io } from './io.ts'
import type { PlanOptions } from './manifest/plan-project.ts'

/** What a process of `polis serve` does: answers clients, executes runs, or both. */
export const ROLES = ['all', 'api', 'worker'] as const
export type Role = (typeof ROLES)[number]

/** How the project is served. */
export interface ServeOptions {
  readonly mode: 'dev' | 'serve'
  readonly role: Role
  /** Directory of the project, absolute. */
  readonly dir: string
  readonly host: string | undefined
  readonly port: number | undefined
  readonly env: Io['env']
}

/** A project that is being served. */
export interface Served {
  /** Where clients find it; absent for a worker. */
  readonly url?: string
  readonly metricsUrl?: string
  readonly agents: readonly AgentInfo[]
  /** Drains: no new claims, running steps get their time, the rest is handed over. */
  close(reason: string): Promise<void>
}

/** Whose store is opened. */
export interface StoreOptions {
  /** Directory of the project, absolute. */
  readonly dir: string
  readonly env: Io['env']
}

/** Which cluster, and who hears of it. */
export interface ClusterOptions extends KubeconfigOptions {
  readonly signal: AbortSignal
  /** Takes what the API warns of. */
  readonly onWarning: (message: string) => void
}

/** What the commands reach the rest of the package through, loaded when a command needs it. */
export interface Ports {
  readonly connect: Connect
  readonly serve: (options: ServeOptions) => Promise<Served>
  /** The store that the project's settings name; whoever opens it closes it. */
  readonly openStore: (options: StoreOptions) => Promise<ArchivedStore>
  /** What manifests of a project's deployment are made from. */
  readonly plan: (options: PlanOptions) => Promise<Plan>
  /** Builds the image of a project's deployment. */
  readonly build: (options: BuildOptions) => Promise<BuiltImage>
  /** The API of the cluster that a kubeconfig names; the signal ends its calls. */
  readonly cluster: (options: ClusterOptions) => Promise<ClusterApi>
  /** Everything that can be checked of a project and the machine, as it is found out. */
  readonly diagnose: (options: {
    readonly dir: string
    readonly env: Io['env']
    readonly online: boolean
  }) => AsyncIterable<Check>
}
