import type { ClusterApi, ServiceRef } from '../../cluster/api.ts'
import type { HoldsRuns } from '../../cluster/prune.ts'
import { listAt, textAt } from '../../cluster/read.ts'
import { type Target, targetOf } from '../../cluster/target.ts'
import { PolisError } from '../../core/error.ts'
import { PORTS } from '../../core/ports.ts'
import type { KubernetesObject } from '../../manifest/object.ts'
import type { Plan } from '../../manifest/plan.ts'
import { renderManifests } from '../../manifest/render.ts'
import type { Cli, Context } from '../context.ts'
import { escapeText } from '../terminal/escape.ts'
import type { ClusterFlags, NamedFlags } from './flags.ts'
import { createHoldsRuns, type Reach } from './holds-runs.ts'

/** A deployment, and the cluster that it is on. */
export interface OpenDeployment {
  readonly api: ClusterApi
  readonly plan: Plan
  readonly target: Target
  readonly holdsRuns: HoldsRuns
  readonly service: ServiceRef | undefined
}

/** Loads the project's deployment, and reaches the cluster. */
export async function openDeployment(flags: ClusterFlags, context: Context, cli: Cli): Promise<OpenDeployment> {
  const { env: environment, image } = flags
  const [plan, api] = await Promise.all([
    cli.ports.plan({ dir: context.dir, environment, image }),
    openCluster(flags, context, cli),
  ])
  for (const warning of plan.warnings) context.note(`warning: ${warning}`)
  const target = targetOf(plan, renderManifests(plan))
  const service = serviceIn(target.objects)
  return { api, plan, target, service, holdsRuns: createHoldsRuns(reachOf(context, api, service)) }
}

/** Reaches a cluster. */
export async function openCluster(flags: ClusterFlags, { io, note }: Context, cli: Cli): Promise<ClusterApi> {
  const { kubeconfig: file, context } = flags
  const signal = shortlyAfterStop(io)
  const onWarning = (message: string) => note(`warning: ${escapeText(message)}`)
  return await cli.ports.cluster({ file, context, env: io.env, cwd: io.cwd, signal, onWarning })
}

/** Which deployment. */
export interface NamedDeployment {
  readonly name: string
  readonly namespace: string
  readonly environment?: string
}

/** What a deployment is called: as the options say, or the project, which says of which environment it is, too. */
export async function nameDeployment(
  { env: environment, image, name, namespace }: NamedFlags,
  context: Context,
  cli: Cli,
): Promise<NamedDeployment> {
  if (name !== undefined) return { name, namespace: namespace ?? name }
  if (namespace !== undefined)
    throw new PolisError(
      'INVALID_ARGUMENT',
      '--namespace: expected --name beside it: else the project says where it is',
    )
  const plan = await cli.ports.plan({ dir: context.dir, environment, image })
  return { name: plan.name, namespace: plan.namespace, environment: plan.environment }
}

/** How the deployment's own API is reached: at a URL, or by way of the cluster's. */
export function reachOf({ url, apiKey }: Context, api: ClusterApi, service: ServiceRef | undefined): Reach {
  return { url, apiKey, api, service }
}

/** The Service of the REST API among manifests. */
export function serviceIn(objects: readonly KubernetesObject[]): ServiceRef | undefined {
  const isOfApi = (object: KubernetesObject) =>
    object.kind === 'Service' &&
    textAt(object, 'spec', 'clusterIP') !== 'None' &&
    listAt(object, 'spec', 'ports').some((port) => textAt(port, 'name') === PORTS.rest.name)
  const found = objects.find(isOfApi)
  if (found?.metadata.namespace === undefined) return undefined
  return { name: found.metadata.name, namespace: found.metadata.namespace, port: PORTS.rest.name }
}

/** Time that is left after a signal, in milliseconds: to end a request, and to give the lock back. */
const GRACE = 3000

function shortlyAfterStop({ stop, clock }: Context['io']): AbortSignal {
  const end = new AbortController()
  const abort = () => clock.setTimer(clock.now() + GRACE, () => end.abort(stop.reason))
  if (stop.aborted) abort()
  stop.addEventListener('abort', abort, { once: true })
  return end.signal
}
