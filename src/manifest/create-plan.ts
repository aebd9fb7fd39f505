import { createHash } from 'node:crypto'
import { type EnvironmentSpec, LONGEST_NAME } from '../core/deployment/schema.ts'
import { PolisError } from '../core/error.ts'
import { deadlinesOf } from '../core/ports.ts'
import { parseSettings, type Settings } from '../core/settings.ts'
import { checkPlan } from './check-plan.ts'
import { accessWarnings } from './plan/access.ts'
import { type BuiltImage, planImage } from './plan/image.ts'
import { planModelServers } from './plan/model-server.ts'
import { planPorts } from './plan/port.ts'
import { planRedis, redisSettings, refuseDurability, refuseOtherRedis } from './plan/redis.ts'
import { planRoles } from './plan/role.ts'
import { planSecrets, secretSettings } from './plan/secret.ts'
import { refuseEmbeddedStore } from './plan/store.ts'
import { refuseSettings, variablesOf } from './plan/variable.ts'
import type { Plan } from './plan.ts'
import { resolveEnvironment } from './resolve.ts'

/** What a project says of its deployment; nothing of it is checked yet but the agents. */
export interface PlanInput {
  /** The name where the deployment has none. */
  readonly packageName: string
  /** One of `deployment.environments`; undefined for the base alone. */
  readonly environment: string | undefined
  readonly deployment: unknown
  /** Of the project. */
  readonly settings: Readonly<Record<string, unknown>>
  /** By name, the release of each agent. */
  readonly agents: Readonly<Record<string, string>>
  /** Reference of the image, in the place of what the deployment says. */
  readonly image?: string
  /** The image that was built last, where its files are still those of the project. */
  readonly built?: BuiltImage
}

/**
 * Works out everything that manifests are made from.
 *
 * Throws INVALID_CONFIG or NOT_FOUND as `resolveEnvironment`, `parseSettings` and `checkPlan` do.
 */
export function createPlan(input: PlanInput): Plan {
  return checkPlan(workOut(input))
}

function workOut(input: PlanInput): Plan {
  const { agents, environment = 'default' } = input
  const spec = resolveEnvironment(input.deployment, input.environment)
  const name = spec.name ?? toObjectName(input.packageName)
  const redis = planRedis(name, spec)
  const secrets = planSecrets(name, spec, { ...input.settings, ...spec.settings })
  const { settings, warnings } = settingsOf(input, spec, {
    'server.host': '0.0.0.0',
    ...redisSettings(redis, spec, secrets),
    ...secretSettings(secrets),
  })
  refuseEmbeddedStore(settings)
  refuseSettings(spec.env)
  const release = releaseOf(agents)
  const image = input.image ?? planImage(name, spec, release, input.built)
  const namespace = spec.namespace ?? name
  return {
    ...{ name, namespace, environment, spec, settings, agents, release, image, redis, secrets },
    variables: variablesOf(settings),
    deadlines: deadlinesOf(settings),
    labels: labelsOf(name, environment, spec),
    roles: planRoles(name, release, spec, settings),
    ports: planPorts(settings),
    modelServers: planModelServers(name, namespace, spec, settings),
    warnings: [...warnings, ...accessWarnings(settings), ...(image.includes('@sha256:') ? [] : [unpinned(image)])],
  }
}

function settingsOf(
  { settings: project }: PlanInput,
  spec: EnvironmentSpec,
  derived: Partial<Settings>,
): { readonly settings: Settings; readonly warnings: readonly string[] } {
  refuseOtherRedis({ ...project, ...spec.settings }, spec)
  const parsed = parseSettings({ project: { ...project, ...derived }, overrides: spec.settings })
  refuseDurability(parsed.settings, spec)
  if (spec.scaling.by === 'keda' && !parsed.settings['prometheus.enabled']) throw unmeasured()
  return parsed
}

function unmeasured(): PolisError {
  const fault =
    "polis.config: settings prometheus.enabled: expected true, since deployment.scaling.by is 'keda', which scales on metrics; got false"
  return new PolisError('INVALID_CONFIG', fault, { details: { faults: [fault] } })
}

function releaseOf(agents: Readonly<Record<string, string>>): string {
  const all = Object.entries(agents)
    .map(([name, release]) => `${name}=${release}`)
    .sort()
  return createHash('sha256').update(all.join('\n')).digest('hex').slice(0, 10)
}

function unpinned(image: string): string {
  return `The image ${image} has no digest, so that what runs may not be what was tested: \`polis build\` prints one`
}

function labelsOf(name: string, environment: string, { labels }: EnvironmentSpec): Readonly<Record<string, string>> {
  const { costCentre, owner, compliance, more } = labels
  return {
    ...more,
    'app.kubernetes.io/name': name,
    'app.kubernetes.io/part-of': name,
    'app.kubernetes.io/managed-by': 'polis',
    environment: labels.environment ?? environment,
    ...(compliance.length === 0 ? {} : { compliance: [...compliance].sort().join('.') }),
    ...(costCentre === undefined ? {} : { 'cost-centre': costCentre }),
    ...(owner === undefined ? {} : { owner }),
  }
}

// A scope is no part of a name.
function toObjectName(packageName: string): string {
  const name = packageName.replace(/^@[^/]*\//, '').toLowerCase()
  const plain = name.replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '')
  return plain.slice(0, LONGEST_NAME).replace(/-+$/, '') || 'agents'
}
