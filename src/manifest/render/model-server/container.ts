import type { IContainer, IEnvVar, IProbe } from 'kubernetes-models/v1'
import { modelDisk } from '../../demand.ts'
import type { ModelServerPlan, Plan } from '../../plan.ts'
import { CONTAINER_SECURITY } from '../pod/security.ts'
import { CLAIM } from './claim-template.ts'
import { flagsOf } from './flag.ts'

/** Where a server keeps models and what it compiles: its home. */
export const CACHE = { name: 'cache', mountPath: '/cache' } as const

/** Seconds that requests have to end in after nobody sends any more: answers of models take long. */
export const PRE_STOP = 60

/** How long a model may take to be fetched and loaded, in seconds. */
export const LOADING = 1800

/** Seconds between two questions whether it has loaded its model. */
const PERIOD = 10

/** What models are fetched with that are not for everyone. */
const TOKEN = 'HF_TOKEN'

/** The container of a model server. */
export function modelContainer(plan: Plan, model: ModelServerPlan): IContainer {
  const { port, server } = model
  const probe = { httpGet: { path: '/health', port: port.name }, timeoutSeconds: 5, periodSeconds: PERIOD } as const
  return {
    name: 'model',
    image: server.image,
    imagePullPolicy: plan.spec.image.pullPolicy,
    args: [...flagsOf(plan, model)],
    env: environmentOf(plan),
    ports: [{ name: port.name, containerPort: port.number }],
    startupProbe: { ...probe, failureThreshold: LOADING / PERIOD } satisfies IProbe,
    livenessProbe: { ...probe, failureThreshold: 6 },
    readinessProbe: { ...probe, failureThreshold: 2 },
    lifecycle: { preStop: { sleep: { seconds: PRE_STOP } } },
    resources: resourcesOf(server),
    securityContext: CONTAINER_SECURITY,
    volumeMounts: [CACHE, { name: 'tmp', mountPath: '/tmp' }, { name: 'shm', mountPath: '/dev/shm' }],
  }
}

function environmentOf({ secrets }: Plan): IEnvVar[] {
  const secret = secrets.find(({ use, keys }) => use.kind === 'env' && Object.hasOwn(keys, TOKEN))
  const token =
    secret === undefined ? [] : [{ name: TOKEN, valueFrom: { secretKeyRef: { name: secret.name, key: TOKEN } } }]
  return [
    { name: 'HOME', value: CACHE.mountPath },
    // PyTorch asks for the name of the user, which an image may not have.
    { name: 'USER', value: 'vllm' },
    { name: 'VLLM_NO_USAGE_STATS', value: '1' },
    ...token,
  ]
}

// Extended resources are their own request; a quota counts them as `requests.nvidia.com/gpu`.
function resourcesOf(server: ModelServerPlan['server']): IContainer['resources'] {
  const { cpu, memory, gpus, deviceClass } = server
  const both = { memory, 'ephemeral-storage': modelDisk(server) }
  if (deviceClass !== undefined) return { requests: { cpu, ...both }, limits: both, claims: [{ name: CLAIM }] }
  const counted = { ...both, 'nvidia.com/gpu': String(gpus) }
  return { requests: { cpu, ...counted }, limits: counted }
}
