import type { EnvironmentSpec } from '../../core/deployment/schema.ts'
import { PolisError } from '../../core/error.ts'
import type { Settings } from '../../core/settings.ts'
import type { ModelServerPlan } from '../plan.ts'

/** Where model servers listen: the default of vLLM. */
const PORT = { name: 'http', number: 8000 } as const

/**
 * The model servers of a deployment.
 *
 * Throws INVALID_CONFIG where a model is to be spread over more GPUs than a pod has.
 */
export function planModelServers(
  name: string,
  namespace: string,
  spec: EnvironmentSpec,
  settings: Settings,
): readonly ModelServerPlan[] {
  const parallelism = settings['optimization.enabled'] ? settings['optimization.model_parallelism'] : 1
  const servers = Object.entries(spec.modelServers)
  const faults = servers
    .filter(([, { gpus }]) => parallelism > gpus)
    .map(
      ([key, { gpus }]) =>
        `polis.config: deployment.modelServers.${key}.gpus: expected at least optimization.model_parallelism (${parallelism}), got ${gpus}`,
    )
  if (faults.length > 0) throw new PolisError('INVALID_CONFIG', faults.join('\n'), { details: { faults } })
  return servers.map(([key, server]) => {
    const own = `${name}-model-${key}`
    return {
      ...{ key, name: own, account: `${name}-model-server`, port: PORT, server },
      url: `http://${own}.${namespace}.svc:${PORT.number}/v1`,
      variable: `MODEL_SERVER_${key.toUpperCase().replaceAll('-', '_')}_URL`,
      selector: {
        'app.kubernetes.io/name': name,
        'app.kubernetes.io/component': 'model-server',
        'agentpolis.dev/model-server': key,
      },
      ...replicasOf(server, spec.scaling.by === 'keda'),
    }
  })
}

// The pods report what they are scaled on: of none, nothing would ever wake one.
function replicasOf(
  { minReplicas, maxReplicas }: ModelServerPlan['server'],
  isScaled: boolean,
): Pick<ModelServerPlan, 'minReplicas' | 'maxReplicas'> {
  if (!isScaled) return { minReplicas, maxReplicas: minReplicas }
  const least = Math.max(1, minReplicas)
  return { minReplicas: least, maxReplicas: Math.max(least, maxReplicas) }
}
