import { join } from 'node:path'
import { loadProject } from '../../src/agent/project.ts'
import type { EnvironmentOptions } from '../../src/core/deployment/schema.ts'
import { createPlan } from '../../src/manifest/create-plan.ts'
import type { Plan } from '../../src/manifest/plan.ts'

/** A deployment that tests apply. */
export interface Variant {
  readonly name: string
  /** Its namespace is the test's own. */
  plan(namespace: string): Promise<Plan>
}

/** Keys of every purpose, and where a store has them. */
const STORED = {
  apiKeys: { OPENAI_API_KEY: 'models/openai' },
  database: { POLIS_ARCHIVE_URL: 'archive/url' },
  jwt: { 'jwks.json': 'access/jwks' },
  cloud: { AWS_SECRET_ACCESS_KEY: 'cloud/secret' },
  access: { 'api-keys.json': 'access/keys' },
  tls: { 'tls.crt': 'edge/crt', 'tls.key': 'edge/key' },
}

// What a sealed text looks like: the length of a key that was encrypted, that key, and what it encrypts.
const SEALED = mapKeys(() => Buffer.from([1, 0, ...Array.from({ length: 300 }, () => 7)]).toString('base64'))

/** Made by others. */
const REFERRED = mapKeys(() => true as const)

function mapKeys<Value>(value: () => Value): Readonly<Record<string, Readonly<Record<string, Value>>>> {
  const all = Object.entries(STORED).map(([purpose, keys]) => {
    return [purpose, Object.fromEntries(Object.keys(keys).map((key) => [key, value()]))]
  })
  return Object.fromEntries(all)
}

const MODEL = { model: 'Qwen/Qwen3-8B' }
const DIGEST = `sha256:${'a'.repeat(64)}`
const GATEWAY = 'cluster.local/ns/edge/sa/public'
const PROMETHEUS = 'http://prometheus.monitoring.svc:9090'

const COMPLIANT: EnvironmentOptions = {
  labels: { compliance: ['soc2', 'pci'], costCentre: 'r-and-d', owner: 'agents' },
  ...{ admission: true, image: { digest: DIGEST } },
}

/** One of each choice that changes which objects there are, or what is in them. */
const OPTIONS: Readonly<Record<string, EnvironmentOptions>> = {
  'with defaults': {},
  'scaled by KEDA': { scaling: { by: 'keda', prometheus: PROMETHEUS } },
  'not scaled': { scaling: { by: 'none' } },
  'in an ambient mesh': { mesh: { kind: 'ambient', hosts: ['agents.example.com'], gateway: 'edge/public' } },
  'in a mesh of sidecars': {
    mesh: { kind: 'sidecar', hosts: ['agents.example.com'], gateway: 'edge/public', gatewayPrincipal: GATEWAY },
  },
  'with callers in a mesh': { mesh: { kind: 'ambient', callers: ['cluster.local/ns/shop/sa/web'] } },
  'with faults for a while': {
    mesh: { kind: 'sidecar', chaos: { until: '2030-01-01T00:00:00Z', delay: { percent: 5, time: '2s' } } },
  },
  'with roles apart': { roles: 'apart', api: { resources: { cpu: '200m', memory: '512Mi' } } },
  'with roles apart, scaled by KEDA': { roles: 'apart', scaling: { by: 'keda', prometheus: PROMETHEUS } },
  'with Redis over TLS': { redis: { kind: 'managed', tls: { enabled: true } } },
  'with one Redis and no backup': {
    redis: { kind: 'managed', replicas: 1, sentinels: 1, backup: { enabled: false } },
  },
  'with an external Redis': {
    redis: { kind: 'external', cidrs: ['192.0.2.0/24'] },
    settings: { 'store.adapter': 'redis', 'redis.host': 'redis.example.com' },
    secrets: { redis: { password: true } },
  },
  'with Secrets that others make': { secrets: REFERRED },
  'with External Secrets': {
    secrets: { ...STORED, provider: 'external-secrets', store: { name: 'vault', kind: 'ClusterSecretStore' } },
  },
  'with Sealed Secrets': { secrets: { ...SEALED, provider: 'sealed-secrets' } },
  'with a model server': { modelServers: { qwen: MODEL } },
  'with a model server whose GPUs are claimed': { modelServers: { qwen: { ...MODEL, deviceClass: 'gpu' } } },
  'with a model server scaled by KEDA': {
    modelServers: { qwen: { ...MODEL, maxReplicas: 8 } },
    scaling: { by: 'keda', prometheus: PROMETHEUS },
  },
  'with a PodMonitor': { monitoring: { podMonitor: true, labels: { release: 'prometheus' } } },
  'under compliance': { ...COMPLIANT, redis: { kind: 'managed', image: `redis@${DIGEST}`, tls: { enabled: true } } },
  'under compliance in a mesh': {
    ...{ ...COMPLIANT, mesh: { kind: 'sidecar' }, redis: { kind: 'managed', image: `redis@${DIGEST}` } },
  },
  'without policies and quota': { network: { policies: false }, quota: { enabled: false } },
  'with callers and places of its own': {
    network: { callers: [{ namespace: { team: 'web' } }], egress: [{ cidr: '203.0.113.0/24', ports: [443, 8443] }] },
    nodeSelector: { 'kubernetes.io/arch': 'amd64' },
    image: { repository: 'registry.example.com/agents', digest: DIGEST, pullSecrets: ['registry'] },
  },
}

/** The matrix of options. */
export const VARIANTS: readonly Variant[] = Object.entries(OPTIONS).map(([name, options]) => variantOf(name, options))

function variantOf(name: string, options: EnvironmentOptions): Variant {
  return {
    name: `A deployment ${name}`,
    plan: async (namespace) =>
      createPlan({
        ...{ packageName: namespace, environment: undefined, settings: {}, agents: { desk: 'r1a2b3c4d5' } },
        deployment: { ...options, name: namespace, namespace },
      }),
  }
}

/** The examples, each as it is but for its name. */
export const EXAMPLES: readonly Variant[] = [
  'incident-desk',
  'repository-report',
  'ai-sdk-agent',
  'langgraph-agent',
  'openai-agents-agent',
].map((example) => ({
  name: `The example ${example}`,
  plan: async (namespace) => {
    const { agents, given } = await loadProject(join(import.meta.dirname, '../../examples', example))
    return createPlan({
      ...{ packageName: namespace, environment: undefined, settings: given.settings },
      deployment: { ...Object(given.deployment), name: namespace, namespace },
      agents: Object.fromEntries([...agents].map(([name, { release }]) => [name, release])),
    })
  },
}))
