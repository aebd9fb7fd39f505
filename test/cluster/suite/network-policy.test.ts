import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { CONTAINER_SECURITY, podSecurity } from '../../../src/manifest/render/pod/security.ts'
import { until } from '../api/until.ts'
import { type Clerk, NAME, openClerk, succeeded } from '../deployed/clerk.ts'
import { kubectl } from '../kubectl.ts'
import { findEnforcer } from '../kubernetes/enforcer.ts'
import { skipWithoutNodes } from '../node/binary.ts'

const ADMITTED_ONLY = 'NetworkPolicies are ADMITTED ONLY: kube-router, which enforces them here, was not built'

let clerk: Clerk

suite('NetworkPolicies that are enforced', { skip: skipWithoutNodes() || (!findEnforcer() && ADMITTED_ONLY) }, () => {
  before(async () => {
    clerk = await openClerk(['one', 'two'], ['first'], { enforced: true })
    // That it becomes healthy takes all flows between agents, Redis and Sentinels, and names.
    succeeded(await clerk.apply('first'))
    for (const namespace of [NAME, 'elsewhere']) await startStranger(namespace)
  })
  after(() => clerk?.[Symbol.asyncDispose]())

  test('A run is executed, which takes every connection that the project has', async () => {
    const [agents] = await clerk.pods()
    const { name = '' } = agents?.metadata ?? {}
    for (const host of ['clerk-redis-0.clerk-redis', 'clerk-redis-1.clerk-redis']) await reaches(NAME, name, host, 6379)
    await reaches(NAME, name, 'clerk-redis-sentinel-0.clerk-redis-sentinel', 26379)
    await reaches(NAME, 'stranger', 'clerk', 8080)
  })

  test('Who is not of the deployment reaches no Redis, and from another namespace no agents either', async () => {
    for (const namespace of [NAME, 'elsewhere']) {
      await isRefused(namespace, 'stranger', 'clerk-redis-0.clerk-redis.clerk', 6379)
      await isRefused(namespace, 'stranger', 'clerk-redis-sentinel-0.clerk-redis-sentinel.clerk', 26379)
    }
    await isRefused('elsewhere', 'stranger', 'clerk.clerk', 8080)
    const [agents] = await clerk.pods()
    await isRefused('elsewhere', 'stranger', await addressOf(agents?.metadata.name ?? ''), 9090)
  })

  test('Pods reach neither the API server nor pods of others', async () => {
    const [agents] = await clerk.pods()
    for (const pod of [agents?.metadata.name ?? '', 'stranger']) {
      await isRefused(NAME, pod, 'kubernetes.default', 443)
      await isRefused(NAME, pod, await addressOf('stranger', 'elsewhere'), 8080)
    }
  })
})

/** A pod that listens to port 8080, and from which others can be called. */
async function startStranger(namespace: string): Promise<void> {
  const { kubeconfig } = clerk.machines.plane
  if (namespace !== NAME) succeeded(await kubectl(kubeconfig, ['create', 'namespace', namespace]))
  const code = "require('node:http').createServer((_, response) => response.end()).listen(8080)"
  const resources = { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '64Mi' } }
  const container = {
    ...{ name: 'stranger', image: 'localhost/clerk:first', imagePullPolicy: 'Never', resources },
    ...{ command: ['/usr/bin/node', '-e', code], securityContext: CONTAINER_SECURITY },
  }
  const spec = { automountServiceAccountToken: false, securityContext: podSecurity(10_001), containers: [container] }
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'stranger', namespace }, spec }
  succeeded(await kubectl(kubeconfig, ['apply', '--filename', '-'], JSON.stringify(pod)))
  const wait = ['--namespace', namespace, 'wait', 'pod/stranger', '--for=condition=Ready', '--timeout=120s']
  succeeded(await kubectl(kubeconfig, wait))
}

/** Connects from a pod, and answers how that ended: `open`, or the code of the error. */
async function connect(namespace: string, pod: string, host: string, port: number): Promise<string> {
  const code = `const socket = require('node:net').connect({ host: '${host}', port: ${port}, timeout: 3000 })
    const end = (said) => { console.log(said); process.exit() }
    socket.on('connect', () => end('open')).on('timeout', () => end('TIMEOUT')).on('error', (error) => end(error.code))`
  const args = ['--namespace', namespace, 'exec', pod, '--', '/usr/bin/node', '-e', code]
  return succeeded(await kubectl(clerk.machines.plane.kubeconfig, args)).stdout.trim()
}

async function reaches(namespace: string, pod: string, host: string, port: number): Promise<void> {
  assert.equal(await connect(namespace, pod, host, port), 'open', `${pod} of ${namespace} to ${host}:${port}`)
}

// A pod that has just started is let through until its node has heard of it.
async function isRefused(namespace: string, pod: string, host: string, port: number): Promise<void> {
  await until(`${pod} of ${namespace} does not reach ${host}:${port}`, async () => {
    const said = await connect(namespace, pod, host, port)
    if (!['ECONNREFUSED', 'EHOSTUNREACH', 'TIMEOUT'].includes(said)) throw new Error(`it ended with ${said}`)
    return true
  })
}

async function addressOf(pod: string, namespace = NAME): Promise<string> {
  const args = ['--namespace', namespace, 'get', 'pod', pod, '--output=jsonpath={.status.podIP}']
  return succeeded(await kubectl(clerk.machines.plane.kubeconfig, args)).stdout
}
