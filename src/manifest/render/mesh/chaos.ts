import type { IEnvoyFilter } from '@kubernetes-models/istio/networking.istio.io/v1alpha3'
import { parseDuration } from '../../../core/duration.ts'
import { PolisError } from '../../../core/error.ts'
import { apiService, componentOf, podLabels } from '../../component.ts'
import type { KubernetesObject, Manifest } from '../../object.ts'
import type { Plan } from '../../plan.ts'
import { typed } from '../../typed.ts'
import { withLabels } from '../../with-labels.ts'
import { chaosName, expiry } from './expiry.ts'
import { EXPIRES } from './expiry-script.ts'
import type { SidecarMesh } from './mesh-kind.ts'

type Chaos = NonNullable<SidecarMesh['chaos']>

/**
 * Faults in front of the API, as an overlay that is never among the other manifests.
 *
 * They are an object of its own, which changes none of the others, so that they end when it is gone: a Job that may delete this one object
 * does so at the time that the object's annotation says. Kubernetes itself lets nothing expire.
 *
 * Throws INVALID_CONFIG where no faults are asked for, and after their end; `createPlan` has refused them in production.
 */
export function renderChaos(plan: Plan, now: number): Manifest {
  const { mesh } = plan.spec
  const chaos = mesh.kind === 'sidecar' ? mesh.chaos : undefined
  if (chaos === undefined) throw refused('deployment.mesh.chaos: expected faults for a test, got none')
  const { until } = chaos
  if (Date.parse(until) <= now)
    throw refused(`deployment.mesh.chaos.until: expected a time that is still to come, got ${until}`)
  return withLabels(plan, {
    file: 'chaos.yaml',
    about: `Faults for a test, until ${until}: apply this by itself, and a Job of it takes them away.`,
    objects: [...expiry(plan), faults(plan, chaos)],
  })
}

/** Whether an environment is one that people depend on. */
export function isProduction({ environment, labels }: Pick<Plan, 'environment' | 'labels'>): boolean {
  return [environment, labels.environment].some((name) => name === 'production' || name === 'prod')
}

// Not the fault of a VirtualService: that would be in the one object by which requests reach the API, and its end a change of it.
function faults(plan: Plan, chaos: Chaos): KubernetesObject {
  const serving = plan.roles.filter(({ serves }) => serves).map(componentOf)
  return typed<IEnvoyFilter>({
    apiVersion: 'networking.istio.io/v1alpha3',
    kind: 'EnvoyFilter',
    metadata: { name: chaosName(plan), namespace: plan.namespace, annotations: { [EXPIRES]: chaos.until } },
    spec: {
      // One role serves the API.
      workloadSelector: { labels: podLabels(plan, serving[0] ?? 'agents') },
      configPatches: [
        {
          applyTo: 'HTTP_FILTER',
          match: {
            context: 'SIDECAR_INBOUND',
            listener: {
              portNumber: apiService(plan).port,
              filterChain: {
                filter: {
                  name: 'envoy.filters.network.http_connection_manager',
                  subFilter: { name: 'envoy.filters.http.router' },
                },
              },
            },
          },
          patch: { operation: 'INSERT_BEFORE', value: faultFilter(chaos) },
        },
      ],
    },
  })
}

function faultFilter({ delay, abort }: Chaos) {
  const share = (percent: number) => ({ numerator: percent, denominator: 'HUNDRED' })
  return {
    name: 'agentpolis.dev/chaos',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault',
      ...(delay === undefined
        ? {}
        : { delay: { fixed_delay: protoDuration(delay.time), percentage: share(delay.percent) } }),
      ...(abort === undefined ? {} : { abort: { http_status: abort.status, percentage: share(abort.percent) } }),
    },
  }
}

// Envoy's own form knows seconds alone.
function protoDuration(text: string): string {
  return `${parseDuration(text, 'deployment.mesh.chaos.delay.time') / 1000}s`
}

function refused(fault: string): PolisError {
  return new PolisError('INVALID_CONFIG', `polis.config: ${fault}`, { details: { faults: [fault] } })
}
