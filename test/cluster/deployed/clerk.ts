import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Client, createClient } from '../../../src/client/index.ts'
import { createApiKey } from '../../../src/core/api-key.ts'
import { watchdog } from '../../redis/server/watchdog.ts'
import { until } from '../api/until.ts'
import { writeProductImage, writeRedisImage } from '../image/product.ts'
import { kubectl, type Output, run } from '../kubectl.ts'
import { fetchBy, type Load, startLoad } from '../load.ts'
import { type Machines, type MachinesOptions, startMachines } from '../node/start-machines.ts'

const ROOT = join(import.meta.dirname, '../../..')
const FIXTURE = join(import.meta.dirname, '../fixture/clerk')
const POLIS = join(ROOT, 'dist/main.js')

/** Of the project, and of the namespace that it is deployed to. */
export const NAME = 'clerk'

/** A project of one agent, on a cluster of its own that runs pods; it is brought there by `polis`, as a user starts it. */
export interface Clerk extends AsyncDisposable {
  readonly machines: Machines
  /** Runs `polis` in the project as it is in this release, to its end. */
  polis(release: string, ...args: readonly string[]): Promise<Output>
  /** `polis apply` of this release, whose image the nodes have. */
  apply(release: string, ...args: readonly string[]): Promise<Output>
  /** Likewise, but it is killed as soon as it has said this on standard error; answers all that it said. */
  applyUntil(said: RegExp, release: string, ...args: readonly string[]): Promise<string>
  /** Runs kubectl in the namespace. */
  control(...args: readonly string[]): Promise<Output>
  /** Resolves once the Service of the agents answers; each request of the client is sent on a connection of its own. */
  reach(): Promise<Client>
  /** Begins runs by way of the Service. */
  load(): Promise<Load>
  /** The pods of the agents, of all releases. */
  pods(): Promise<readonly AgentPod[]>
}

/** What tests want to know of a pod. */
export interface AgentPod {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string }
  readonly spec: { readonly nodeName?: string }
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
}

/** Starts the cluster, and makes images of the releases known to it, and who may call; nothing is deployed yet. */
export async function openClerk(
  nodes: readonly string[],
  releases: readonly string[],
  options: MachinesOptions = {},
): Promise<Clerk> {
  await using opened = new AsyncDisposableStack()
  // Below the checkout, where the project finds `agentpolis`.
  await mkdir(join(ROOT, '.polis'), { recursive: true })
  const folder = await mkdtemp(join(ROOT, '.polis/cluster-'))
  watchdog().watch(folder)
  opened.defer(async () => {
    await rm(folder, { recursive: true, force: true })
    watchdog().forget(folder)
  })
  const machines = opened.use(await startMachines(nodes, options))
  await machines.importImage(await writeRedisImage(folder, 'localhost/redis:1'))
  for (const release of releases) await machines.importImage(await writeRelease(folder, release))
  const key = await letIn(machines)
  const held = opened.move()
  return createClerk(machines, folder, key, () => held.disposeAsync())
}

/** The output of a process that ended well. */
export function succeeded(output: Output): Output {
  assert.equal(output.code, 0, `${output.stdout}\n${output.stderr}`)
  return output
}

/** Whether a pod takes requests, and is not on its way out. */
export function isReady({ metadata, status: { conditions = [] } }: AgentPod): boolean {
  const says = conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
  return says && metadata.deletionTimestamp === undefined
}

function createClerk(machines: Machines, folder: string, apiKey: string, close: () => Promise<void>): Clerk {
  const { kubeconfig } = machines.plane
  const env = { KUBECONFIG: kubeconfig, POLIS_API_KEY: apiKey, NODE_OPTIONS: '' }
  const applying = (release: string) => ['apply', '--image', `localhost/clerk:${release}`, '--timeout', '4m']
  const url = async () => {
    const { body } = await machines.client.ask('GET', `/api/v1/namespaces/${NAME}/services/${NAME}`)
    return `http://${body.spec.clusterIP}:${body.spec.ports[0].port}`
  }
  const polis: Clerk['polis'] = (release, ...args) =>
    run(process.execPath, [POLIS, ...args], { cwd: join(folder, release), env })
  return {
    ...{ machines, polis },
    apply: (release, ...args) => polis(release, ...applying(release), ...args),
    applyUntil: (said, release, ...args) =>
      killOnceSaid(said, [POLIS, ...applying(release), ...args], { cwd: join(folder, release), env }),
    control: (...args) => kubectl(kubeconfig, ['--namespace', NAME, ...args]),
    async reach() {
      const target = await url()
      // Who sends to a Service hears of it as the proxies do.
      await until('the Service is reached', async () => ((await fetch(`${target}/health`)).ok ? true : undefined))
      return createClient({ url: target, apiKey, fetch: fetchBy(false) })
    },
    load: async () => startLoad({ url: await url(), apiKey }, NAME),
    async pods() {
      const query = { labelSelector: 'agentpolis.dev/release' }
      return (await machines.client.ask('GET', `/api/v1/namespaces/${NAME}/pods`, { query })).body.items
    },
    [Symbol.asyncDispose]: close,
  }
}

/** Writes the project as it is in this release, and its image; answers the path of the latter. */
async function writeRelease(folder: string, release: string): Promise<string> {
  const project = join(folder, release)
  await cp(FIXTURE, project, { recursive: true })
  const agent = join(project, 'agents/clerk.ts')
  await writeFile(agent, (await readFile(agent, 'utf8')).replace("= 'first'", `= '${release}'`))
  return writeProductImage(folder, `localhost/clerk:${release}`, project)
}

/** Makes the namespace and the Secret with who may call, as whoever owns the cluster would. Answers a key. */
async function letIn({ plane }: Machines): Promise<string> {
  const scopes = ['runs:read', 'runs:write', 'releases:read'] as const
  const { key, record } = createApiKey({ id: 'test', tenant: 'default', scopes, secret: randomBytes(32) })
  const file = `--from-literal=api-keys.json=${JSON.stringify(record)}`
  const secret = ['--namespace', NAME, 'create', 'secret', 'generic', 'clerk-access', file]
  for (const args of [['create', 'namespace', NAME], secret]) succeeded(await kubectl(plane.kubeconfig, args))
  return key
}

function killOnceSaid(
  said: RegExp,
  args: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<string> {
  const child = spawn(process.execPath, args, {
    ...{ cwd, env: { ...process.env, ...env } },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let text = ''
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    text += part
    if (said.test(text)) child.kill('SIGKILL')
  })
  return new Promise((resolve, reject) => {
    child.on('close', (code, signal) => {
      if (signal === 'SIGKILL') resolve(text)
      else reject(new Error(`polis ended with ${code} before it said ${said}: ${text}`))
    })
  })
}
