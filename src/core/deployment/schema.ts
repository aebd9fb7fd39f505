import { z } from 'zod'
import {
  annotationTexts,
  dottedName,
  duration,
  flag,
  labelTexts,
  labelValue,
  objectName,
  options,
  quantity,
  text,
  variables,
  whole,
} from './field.ts'
import { MESH } from './mesh.ts'
import { MODEL_SERVER } from './model-server.ts'
import { NETWORK } from './network.ts'
import { REDIS } from './redis.ts'
import { SECRETS } from './secrets.ts'
import { SMOKE_RUN } from './smoke-run.ts'

/** What a container asks for, and what it may have at most. */
const resources = options({
  cpu: quantity.optional().describe('CPU that it asks for.'),
  cpuLimit: quantity.optional().describe('CPU that it may have; by default as much as is free.'),
  memory: quantity.optional().describe('Memory that it asks for and may have.'),
  disk: quantity.optional().describe('Disk of the node that it asks for and may fill: temporary files and logs.'),
})

const LABELS = options({
  environment: labelValue
    .optional()
    .describe('Value of the label `environment`; by default the name of the environment.'),
  compliance: z
    .array(labelValue)
    .default([])
    .describe(
      'Regimes that the deployment is under, such as `soc2`: admission policies keep what their labels promise.',
    ),
  costCentre: labelValue.optional().describe('Value of the label `cost-centre`.'),
  owner: labelValue.optional().describe('Value of the label `owner`: the team that is called at night.'),
  more: labelTexts.default({}).describe('Further labels of every object.'),
})

const IMAGE = options({
  repository: text.optional().describe('Repository of the image; by default the name of the deployment.'),
  tag: text.optional().describe('Tag of the image; by default the release.'),
  base: text
    .optional()
    .describe('Image of Node that `polis build` builds on, best with its digest; by default `node:26-slim`.'),
  digest: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/, "expected 'sha256:' and 64 hexadecimal digits")
    .optional()
    .describe('Digest of the image, which wins over a tag: what was tested is what runs.'),
  pullPolicy: z
    .enum(['IfNotPresent', 'Always', 'Never'], { error: "expected 'IfNotPresent', 'Always' or 'Never'" })
    .default('IfNotPresent')
    .describe('When nodes pull the image.'),
  pullSecrets: z.array(objectName).default([]).describe('Secrets (kubernetes.io/dockerconfigjson) to pull it with.'),
})

const QUOTA = options({
  enabled: flag.default(true).describe('Whether the namespace has a ResourceQuota and a LimitRange.'),
  cpu: quantity
    .optional()
    .describe('CPU that all pods may ask for; by default what the deployment needs at its largest.'),
  memory: quantity.optional().describe('Memory that all pods may ask for and have; likewise.'),
  pods: whole(1, 100_000).optional().describe('Pods; likewise.'),
  gpus: whole(0, 10_000).optional().describe('GPUs (`requests.nvidia.com/gpu`); likewise.'),
  disk: quantity.optional().describe('Disk of the nodes that all pods may ask for; likewise.'),
  storage: quantity.optional().describe('Storage of all volume claims; likewise.'),
})

const SCALING = options({
  by: z
    .enum(['hpa', 'keda', 'none'], { error: "expected 'hpa', 'keda' or 'none'" })
    .default('hpa')
    .describe(
      'Who scales workers: `hpa` knows CPU and memory, `keda` the metrics of the runtime as well, `none` leaves `scaling.min_replicas`.',
    ),
  prometheus: z.url({ error: 'expected a URL' }).optional().describe('Prometheus that KEDA asks; needed for `keda`.'),
  activePerPod: whole(1, 100_000)
    .optional()
    .describe('Runs in execution per pod to scale towards; by default 70 % of `agent.max_concurrent_workflows`.'),
  queuePerPod: whole(1, 1_000_000).default(20).describe('Runs that wait, per pod, to scale towards.'),
  responseTime: z
    .number()
    .min(0.01)
    .max(9.9)
    .default(1)
    .describe('95th percentile of response times (s) to stay below.'),
  stabilization: whole(0, 3600).default(300).describe('Seconds of less load before pods are taken away.'),
}).refine(({ by, prometheus }) => by !== 'keda' || prometheus !== undefined, {
  path: ['prometheus'],
  error: "expected the URL of a Prometheus, which KEDA asks, since by is 'keda'",
})

const ROLE = options({ resources: resources.prefault({}).describe('What its container asks for.') })

/**
 * Characters of a deployment's name. Of the names that are made of it, `<name>-redis-sentinel` is bound most: pods of a StatefulSet carry its
 * name, a hyphen and ten characters of a hash in one label, which leaves 52.
 */
export const LONGEST_NAME = 52 - '-redis-sentinel'.length

const deploymentName = objectName.refine((name) => name.length <= LONGEST_NAME, {
  error: `expected at most ${LONGEST_NAME} characters, since names of objects are made of it`,
})

/** What one environment may say. Everything has a default. */
const ENVIRONMENT = {
  name: deploymentName
    .optional()
    .describe("What objects are named after, at most 36 characters; by default the package's name."),
  namespace: objectName.optional().describe('Namespace; by default the name.'),
  labels: LABELS.prefault({}).describe('Labels of every object.'),
  annotations: annotationTexts.default({}).describe('Annotations of every object.'),
  settings: z
    .record(z.string(), z.unknown(), { error: 'expected an object of settings by dotted name' })
    .default({})
    .describe('Settings of the deployed processes, which win over those of the project.'),
  image: IMAGE.prefault({}).describe('The image that pods run.'),
  roles: z
    .enum(['together', 'apart'], { error: "expected 'together' or 'apart'" })
    .default('together')
    .describe('Whether each pod serves the API and executes runs, or pods of their own do each.'),
  api: ROLE.prefault({}).describe('Pods that serve the API, where roles are apart.'),
  worker: ROLE.prefault({}).describe('Pods that execute runs.'),
  env: variables.default({}).describe('Further environment variables of the processes; nothing secret.'),
  priorityClass: dottedName.optional().describe('PriorityClass of the pods.'),
  nodeSelector: labelTexts.default({}).describe('Labels that nodes must have.'),
  quota: QUOTA.prefault({}).describe('Quota of the namespace.'),
  secrets: SECRETS.prefault({}).describe('Where secrets come from.'),
  redis: REDIS.prefault({ kind: 'managed' }).describe('The Redis that runs are kept in.'),
  scaling: SCALING.prefault({}).describe('How workers are scaled.'),
  mesh: MESH.prefault({ kind: 'none' }).describe('The service mesh.'),
  network: NETWORK.prefault({}).describe('Who may talk to whom.'),
  monitoring: options({
    podMonitor: flag.default(false).describe('Whether to make a PodMonitor, for the Prometheus operator.'),
    labels: labelTexts.default({}).describe('Labels by which the operator finds it.'),
  })
    .prefault({})
    .describe('How metrics are found.'),
  admission: flag
    .optional()
    .describe(
      'Whether to make ValidatingAdmissionPolicies for the labels of compliance; by default where there are any. They need the rights of an administrator.',
    ),
  modelServers: z
    .record(objectName, MODEL_SERVER, { error: 'expected an object of model servers by name' })
    .default({})
    .describe('Model servers on GPUs, which speak as OpenAI does.'),
  smoke: z
    .array(SMOKE_RUN)
    .default([])
    .describe('Runs that `polis verify` starts against the deployment: it is good when all of them are.'),
  region: objectName.optional().describe('Region of the cluster; one for now.'),
  drainTimeout: duration.optional().describe('Time that pods get to end beyond what the settings say.'),
} as const

const environment = options(ENVIRONMENT)

/** All that one environment says, with every default filled in. */
export type EnvironmentSpec = z.output<typeof environment>

/** What one environment may say. */
export type EnvironmentOptions = z.input<typeof environment>

/** The `deployment` of a project: a base, and environments that override it. Objects merge, lists and values replace. */
export interface DeploymentOptions extends EnvironmentOptions {
  readonly environments?: Readonly<Record<string, EnvironmentOptions>>
}

/** Checks one environment, merged. */
export const environmentSchema = environment
