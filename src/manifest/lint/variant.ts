import type { DeploymentOptions } from '../../core/deployment/schema.ts'
import { planOf } from '../fixture.ts'
import type { Plan } from '../plan.ts'

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`
const GATEWAY = { gateway: 'edge/main', gatewayPrincipal: 'cluster.local/ns/edge/sa/main-istio' } as const
const PROMETHEUS = 'http://prometheus.monitoring.svc:9090'
const STORE = { name: 'vault', kind: 'ClusterSecretStore' } as const
const OTHERS = { apiKeys: { OPENAI_API_KEY: true }, access: { 'api-keys.json': true } } as const
const KEYS = { apiKeys: { OPENAI_API_KEY: 'desk/openai' }, access: { 'api-keys.json': 'desk/keys' } }

const VARIANTS: Readonly<Record<string, DeploymentOptions>> = {
  'nothing said': {},
  'roles apart': { roles: 'apart' },
  KEDA: { scaling: { by: 'keda', prometheus: PROMETHEUS } },
  'KEDA, roles apart, monitored': {
    ...{ roles: 'apart', scaling: { by: 'keda', prometheus: PROMETHEUS } },
    monitoring: { podMonitor: true, labels: { release: 'prometheus' } },
  },
  'no scaling': { scaling: { by: 'none' } },
  'a mesh of sidecars': { mesh: { kind: 'sidecar', hosts: ['desk.example.com'], ...GATEWAY } },
  'an ambient mesh': { mesh: { kind: 'ambient', hosts: ['desk.example.com'], ...GATEWAY }, roles: 'apart' },
  'an external Redis': { redis: { kind: 'external' }, settings: { 'redis.host': 'redis.example.com' } },
  'Redis with TLS': { redis: { kind: 'managed', tls: { enabled: true } } },
  'one Redis, no backup': { redis: { kind: 'managed', replicas: 1, backup: { enabled: false } } },
  'secrets of a store': { secrets: { provider: 'external-secrets', store: STORE, ...KEYS } },
  'secrets that others make': { secrets: OTHERS },
  'no policies, no quota': { network: { policies: false }, quota: { enabled: false } },
  'model servers': { modelServers: { qwen: { model: 'Qwen/Qwen3-8B' } } },
  'model servers with KEDA': {
    modelServers: { qwen: { model: 'Qwen/Qwen3-8B' } },
    scaling: { by: 'keda', prometheus: PROMETHEUS },
  },
  'labels, priority, nodes': {
    ...{ labels: { owner: 'payments', costCentre: '42' }, priorityClass: 'urgent' },
    nodeSelector: { 'kubernetes.io/arch': 'amd64' },
  },
  'labels of compliance, which policies keep': {
    labels: { compliance: ['soc2', 'pci', 'gdpr', 'hipaa'], owner: 'payments', costCentre: '42' },
    redis: { kind: 'managed', image: `redis@${DIGEST}`, tls: { enabled: true } },
    mesh: { kind: 'sidecar', hosts: ['desk.example.com'], ...GATEWAY },
  },
}

/** Projects of every shape that manifests can have, for tests; their image has a digest. */
export const PROJECTS: Readonly<Record<string, () => Plan>> = Object.fromEntries(
  Object.entries(VARIANTS).map(([name, options]) => [name, () => planOf({ image: { digest: DIGEST }, ...options })]),
)
