import type { EnvironmentSpec } from '../core/deployment/schema.ts'
import type { Deadlines } from '../core/ports.ts'
import type { Settings } from '../core/settings.ts'

/**
 * Everything that manifests are made from: worked out once, so that no two of them can contradict one another.
 *
 * Names: every object is called after the deployment, and after what it is for.
 */
export interface Plan {
  /** Of the deployment. */
  readonly name: string
  readonly namespace: string
  /** Such as `production`; `default` for the base. */
  readonly environment: string
  /** Every option, with defaults. */
  readonly spec: EnvironmentSpec
  /** Settings in force in the pods. */
  readonly settings: Settings
  /** Those that are given to the pods, as environment variables. */
  readonly variables: Readonly<Record<string, string>>
  readonly deadlines: Deadlines
  /** Of all objects. */
  readonly labels: Readonly<Record<string, string>>
  /** Reference of the image, with its digest where there is one. */
  readonly image: string
  /** Of all agents together: a worker Deployment has those of one. Ten hexadecimal digits. */
  readonly release: string
  /** By name, the release of each agent. */
  readonly agents: Readonly<Record<string, string>>
  /** Kinds of pods: `all`, or `api` and `worker`. */
  readonly roles: readonly RolePlan[]
  /** That the processes of agents listen on, whatever their role. */
  readonly ports: readonly PortPlan[]
  readonly modelServers: readonly ModelServerPlan[]
  readonly redis: RedisPlan
  readonly secrets: readonly SecretPlan[]
  /** What whoever renders should be told. */
  readonly warnings: readonly string[]
}

/** A port of a container, by the name that probes and Services know it under. */
export interface PortPlan {
  readonly name: string
  readonly number: number
}

/** The pods of one role. */
export interface RolePlan {
  readonly role: 'all' | 'api' | 'worker'
  /** Of its Deployment. Those that execute runs have one a release. */
  readonly name: string
  readonly serves: boolean
  readonly executes: boolean
  /** Of the ServiceAccount of its pods. */
  readonly account: string
  /** What selects its pods. */
  readonly selector: Readonly<Record<string, string>>
  readonly cpu: string
  readonly cpuLimit?: string
  readonly memory: string
  /** Of the node, for temporary files and logs. */
  readonly disk: string
  readonly minReplicas: number
  readonly maxReplicas: number
}

/** One kind of model server. */
export interface ModelServerPlan {
  /** Its name in `deployment.modelServers`. */
  readonly key: string
  /** Of its Deployment and its Service. */
  readonly name: string
  /** Of the ServiceAccount of its pods: that of all model servers. */
  readonly account: string
  readonly port: PortPlan
  /** Where agents reach it, as providers want it: with `/v1`. */
  readonly url: string
  /** The environment variable that tells agents the `url`. */
  readonly variable: string
  readonly selector: Readonly<Record<string, string>>
  readonly minReplicas: number
  /** As `minReplicas`, where nothing scales it. */
  readonly maxReplicas: number
  readonly server: EnvironmentSpec['modelServers'][string]
}

/** How Redis is reached. */
export type RedisPlan =
  | {
      readonly kind: 'managed'
      /** Of its StatefulSet and headless Service. */
      readonly name: string
      readonly sentinelName: string
      readonly port: number
      readonly sentinelPort: number
      /** Under which the Sentinels know the primary. */
      readonly primary: string
      /** With the password of agents, as `password`. */
      readonly secret: string
      /** With what servers and probes log in with, as `server` and `probe`. */
      readonly serverSecret: string
      /** Hosts of the servers; the first one leads until the Sentinels say otherwise. */
      readonly hosts: readonly string[]
      readonly sentinelHosts: readonly string[]
      /** Bytes of data that it takes. */
      readonly maxmemory: number
      readonly tlsSecret?: string
    }
  | { readonly kind: 'external'; readonly port: number; readonly secret?: string }

/** A Secret by purpose. */
export interface SecretPlan {
  readonly name: string
  readonly purpose: 'api-keys' | 'database' | 'jwt' | 'cloud' | 'access' | 'redis' | 'redis-servers' | 'tls'
  readonly type: 'Opaque' | 'kubernetes.io/tls'
  /** Its keys, and what the provider is told of each: `true` where somebody else makes it. */
  readonly keys: Readonly<Record<string, string | true>>
  /** How pods get it: as environment variables, as files in this folder, or not at all. */
  readonly use:
    | { readonly kind: 'env' }
    | { readonly kind: 'files'; readonly folder: string }
    | { readonly kind: 'none' }
  /** What `polis apply` makes where the Secret is not there, once; then nothing of it is rendered. */
  readonly generated?: GeneratedValue
}

/** Random values for keys, all of them; or an API key, beside the record by which the server knows it. */
export type GeneratedValue =
  | { readonly kind: 'random'; readonly keys: readonly string[] }
  | { readonly kind: 'api-key'; readonly id: string; readonly key: string; readonly record: string }
