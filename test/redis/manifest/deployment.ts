import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createPlan } from '../../../src/manifest/create-plan.ts'
import type { Plan } from '../../../src/manifest/plan.ts'
import { filesOf } from '../../../src/manifest/render/redis/file.ts'
import { type Part, type Parts, partsOf } from '../../../src/manifest/render/redis/part.ts'
import { renderManifests } from '../../../src/manifest/render.ts'
import { findBinary } from '../server/binary.ts'
import { type Certificates, makeCertificates } from '../server/certificate.ts'
import { makeFolder, removeFolder } from '../server/folder.ts'
import { chosenPort } from '../server/port.ts'
import { type ServerProcess, startServerProcess } from '../server/server-process.ts'

/** What a container would be, as a process of this machine with an address of its own. */
export interface Pod {
  readonly host: string
  readonly folder: string
  start(): void
  pid(): number
  /** Makes its volume anew, once it was removed. */
  recreate(): void
  /** Resolves once it has ended. */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Stops and continues it (SIGSTOP, SIGCONT). */
  signal(signal: NodeJS.Signals): void
  /** Executes a script of the ConfigMap as a hook or probe would, and answers its exit code and what it said. */
  execute(script: string, ...args: readonly string[]): Promise<Executed>
  logged: ServerProcess['logged']
  /** All it has said. */
  output(): string
}

export interface Executed {
  readonly code: number
  readonly said: string
}

/** A Redis as its manifests describe it, on loopback addresses. */
export interface Deployment extends AsyncDisposable {
  readonly plan: Plan
  readonly parts: Parts
  readonly servers: readonly Pod[]
  readonly sentinels: readonly Pod[]
  readonly port: number
  readonly sentinelPort: number
  readonly certificates: Certificates | undefined
  /** File with the password of a user. */
  password(user: string): string
  /** Asks the server or Sentinel of a pod as a user. */
  ask(pod: Pod, user: string, ...command: readonly string[]): Promise<string>
  /** Executes a line of a script with what the scripts share, in a pod and with these variables as well. */
  script(pod: Pod, line: string, variables?: Readonly<Record<string, string>>): Promise<Executed>
  /** The host that most Sentinels name, by the scripts' own way of asking. */
  primary(): Promise<string>
}

/** How it differs from the default. */
export interface DeploymentOptions {
  /** Seconds that replicas which start wait for the primary of before. */
  readonly patience?: number
  /** Milliseconds after which a primary that says nothing is gone. */
  readonly downAfter?: number
  readonly redis?: Readonly<Record<string, unknown>>
}

// Nothing that a file of configuration or a shell could stumble over may be out of place.
const PASSWORDS = { polis: 'of "agents"\\ $1', server: "of 'servers' \\\" #2", probe: 'of-probes' } as const

/** Writes what the pods would be given; none is started. */
export async function createDeployment({
  redis = {},
  patience = 120,
  downAfter = 3000,
}: DeploymentOptions = {}): Promise<Deployment> {
  const plan = createPlan({
    ...{ packageName: 'shop', environment: undefined, settings: {}, agents: {} },
    deployment: { redis: { kind: 'managed', ...redis } },
  })
  const parts = partsOf(plan)
  if (parts === undefined) throw new Error('a managed Redis has parts')
  const folder = makeFolder()
  const [port, sentinelPort] = [await chosenPort(), await chosenPort()]
  const certificates = parts.redis.tlsSecret === undefined ? undefined : makeCertificates(folder)
  const given = {
    patience,
    downAfter,
    plan,
    parts,
    folder,
    port,
    sentinelPort,
    certificates,
    network: randomInt(1, 255),
  }
  writeFiles(given)
  const servers = parts.redis.hosts.map((_, at) => createPod(given, parts.servers, at))
  const sentinels = parts.redis.sentinelHosts.map((_, at) => createPod(given, parts.sentinels, at))
  const password = (user: string) => join(folder, 'passwords', user)
  const deployment: Deployment = {
    ...{ plan, parts, servers, sentinels, port, sentinelPort, certificates, password },
    ask: async (pod, user, ...command) => {
      const where = sentinels.includes(pod) ? sentinelPort : port
      return await answerOf(given, pod, user, pod.host, String(where), ...command)
    },
    script: (pod, line, more = {}) => shell(given, pod, [line], more),
    primary: async () => {
      const [any] = servers
      return any === undefined ? '' : (await shell(given, any, ['find_primary'])).said.trim()
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...servers, ...sentinels].map((pod) => pod.kill()))
      removeFolder(folder)
    },
  }
  return deployment
}

/** Starts all pods at once, and resolves when each is ready and the Sentinels know them all. */
export async function startAll({ servers, sentinels, plan, ask }: Deployment): Promise<void> {
  for (const pod of [...sentinels, ...servers]) pod.start()
  const pace = ['info-period', '300', 'publish-period', '300', 'ask-period', '200']
  await Promise.all(
    sentinels.map(async (pod) => {
      await until(async () => (await ask(pod, 'server', 'sentinel', 'debug', ...pace)) === 'OK')
      const knows = new RegExp(`num-slaves\n${servers.length - 1}\nnum-other-sentinels\n${sentinels.length - 1}`)
      await until(async () => knows.test(await ask(pod, 'server', 'sentinel', 'master', plan.name)))
    }),
  )
  await allReady(servers)
}

/** Resolves when each of them leads or follows, as its probe says. */
export async function allReady(servers: readonly Pod[]): Promise<void> {
  await Promise.all(servers.map((pod) => until(async () => (await pod.execute('probe-redis', 'ready')).code === 0)))
}

/** Asks again and again until it is so: the test's own time limit is what ends it otherwise. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo()));
}

interface Given extends Pick<Deployment, 'plan' | 'parts' | 'port' | 'sentinelPort' | 'certificates'> {
  readonly patience: number
  readonly downAfter: number
  readonly folder: string
  /** Third number of the addresses, so that tests side by side have their own. */
  readonly network: number
}

function writeFiles({ plan, parts, folder, certificates, downAfter }: Given): void {
  const [config, passwords, tls] = ['config', 'passwords', 'tls'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  for (const each of [config, passwords, tls]) mkdirSync(each)
  for (const [name, text] of Object.entries(filesOf(plan, parts)))
    writeFileSync(join(config, name), quicker(text, downAfter))
  for (const [user, password] of Object.entries(PASSWORDS)) writeFileSync(join(passwords, user), `${password}\n`)
  if (certificates === undefined) return
  copyFileSync(certificates.ca, join(tls, 'ca.crt'))
  copyFileSync(certificates.server.cert, join(tls, 'tls.crt'))
  copyFileSync(certificates.server.key, join(tls, 'tls.key'))
}

// The same decisions, within a part of the time.
function quicker(text: string, downAfter: number): string {
  return text
    .replace(/down-after-milliseconds (\S+) \d+/, `down-after-milliseconds $1 ${downAfter}`)
    .replace(/failover-timeout (\S+) \d+/, 'failover-timeout $1 3000')
    .replace('repl-diskless-sync-delay 1', 'repl-diskless-sync-delay 0')
    .replace('+sentinel|failover', '+sentinel|failover +sentinel|debug')
}

function createPod(given: Given, part: Part, at: number): Pod {
  const name = `${part.name}-${at}`
  const folder = join(given.folder, name)
  const recreate = () => {
    for (const each of ['data', 'run']) mkdirSync(join(folder, each), { recursive: true })
  }
  recreate()
  const variables = environment(given, part, at)
  const script = part.component === 'redis' ? 'start-redis' : 'start-sentinel'
  const path = (file: string) => join(given.folder, 'config', `${file}.sh`)
  let running: ServerProcess | undefined
  return {
    ...{ host: hostOf(given, part, at), folder, recreate, pid: () => running?.pid ?? 0 },
    start: () => {
      // `env` and the shell become the server: it is one process, as in a container.
      running = startServerProcess('env', ['-i', ...assignments(variables), 'sh', path(script)], folder)
    },
    kill: async (signal = 'SIGKILL') => {
      running?.signal(signal)
      await running?.ended
    },
    signal: (signal) => running?.signal(signal),
    execute: (file, ...args) => run('sh', [path(file), ...args], variables),
    output: () => running?.output() ?? '',
    logged: (...request) => running?.logged(...request) ?? Promise.reject(new Error(`${name} is not started`)),
  }
}

/** The variables of the rendered container, with places of this machine for those of a pod. */
function environment(given: Given, part: Part, at: number): Readonly<Record<string, string>> {
  const { folder, parts, plan } = given
  const hosts = (of: Part) => Array.from({ length: of.count }, (_, index) => hostOf(given, of, index)).join(' ')
  const here = hostOf(given, part, at)
  const places: Readonly<Record<string, string>> = {
    ...{
      SELF: here,
      LOCAL: here,
      BIND: here,
      REDIS_HOSTS: hosts(parts.servers),
      SENTINEL_HOSTS: hosts(parts.sentinels),
    },
    ...{ REDIS_PORT: String(given.port), SENTINEL_PORT: String(given.sentinelPort) },
    PATIENCE: String(given.patience),
    ...{ CONFIG: join(folder, 'config'), PASSWORDS: join(folder, 'passwords') },
    ...{ RUN: join(folder, `${part.name}-${at}`, 'run'), DATA: join(folder, `${part.name}-${at}`, 'data') },
    TLS: given.certificates === undefined ? '' : join(folder, 'tls'),
  }
  const cli = findBinary('redis-cli') ?? 'redis-cli'
  return { ...rendered(plan, part), ...places, PATH: `${dirname(cli)}:${process.env.PATH ?? ''}` }
}

/** What the manifest gives to the container. */
function rendered(plan: Plan, part: Part): Readonly<Record<string, string>> {
  const object = renderManifests(plan)
    .flatMap(({ objects }) => objects)
    .find(({ kind, metadata }) => kind === 'StatefulSet' && metadata.name === part.name)
  // A StatefulSet of ours.
  const { template } = (object ?? assert.fail(`no StatefulSet ${part.name}`)).spec as {
    template: { spec: { containers: { env: { name: string; value?: string }[] }[] } }
  }
  return Object.fromEntries((template.spec.containers[0]?.env ?? []).map(({ name, value = '' }) => [name, value]))
}

function hostOf({ network }: Given, part: Part, at: number): string {
  return `127.0.${network}.${(part.component === 'redis' ? 10 : 20) + at}`
}

/** Asks again where the server did not answer in time, as on a busy machine. */
async function answerOf(given: Given, pod: Pod, ...request: readonly string[]): Promise<string> {
  for (;;) {
    const { code, said } = await shell(given, pod, ['ask "$@"', ...request])
    if (code !== TIMED_OUT) return said.trimEnd()
  }
}

/** How `timeout` ends when it had to. */
const TIMED_OUT = 124

/** Executes a line with what the scripts share. */
function shell(
  given: Given,
  pod: Pod,
  [line, ...args]: readonly [string, ...string[]],
  more: Readonly<Record<string, string>> = {},
): Promise<Executed> {
  const at = Number(pod.host.split('.').at(-1))
  const part = at < 20 ? given.parts.servers : given.parts.sentinels
  const variables = environment(given, part, at % 10)
  return run('sh', ['-c', `. "$CONFIG/common.sh"; ${line}`, 'sh', ...args], { ...variables, ...more })
}

function run(command: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<Executed> {
  return new Promise((resolve) => {
    execFile(command, [...args], { env }, (error, stdout, stderr) => {
      const code = error === null ? 0 : Number(error.code ?? 1)
      resolve({ code, said: `${stdout}${stderr}` })
    })
  })
}

function assignments(variables: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(variables).map(([name, value]) => `${name}=${value}`)
}
