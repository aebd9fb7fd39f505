import assert from 'node:assert/strict'
import { readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { skipWithout } from '../server/binary.ts'
import {
  allReady,
  createDeployment,
  type Deployment,
  type DeploymentOptions,
  type Pod,
  startAll,
  until,
} from './deployment.ts'

const SKIP = { skip: skipWithout('redis-server', 'redis-sentinel', 'redis-cli'), timeout: 900_000 }

async function started(
  redis: Readonly<Record<string, unknown>> = {},
  options: Omit<DeploymentOptions, 'redis'> = {},
): Promise<Deployment> {
  const deployment = await createDeployment({ redis, ...options })
  await startAll(deployment)
  return deployment
}

/** The server that the Sentinels name, and the others; on a busy machine too few of them answer now and then. */
async function roles({ servers, primary }: Deployment): Promise<{ primary: Pod; others: readonly Pod[] }> {
  let host = ''
  await until(async () => {
    host = await primary()
    return host !== ''
  })
  const found = servers.find((pod) => pod.host === host) ?? assert.fail(`no server of ours leads: ${host}`)
  return { primary: found, others: servers.filter((pod) => pod !== found) }
}

/** Resolves when all Sentinels name another than this one: some hear of it later. */
async function replaced({ sentinels, ask, plan }: Deployment, { host }: Pod): Promise<void> {
  for (const sentinel of sentinels)
    await until(async () => {
      const [now = ''] = (await ask(sentinel, 'polis', 'sentinel', 'get-master-addr-by-name', plan.name)).split('\n')
      return now.startsWith('127.') && now !== host
    })
}

/** Resolves when exactly one server leads, and the others follow it. */
async function settled(deployment: Deployment): Promise<void> {
  await allReady(deployment.servers)
  await until(async () => {
    const infos = await Promise.all(
      deployment.servers.map((pod) => deployment.ask(pod, 'server', 'info', 'replication')),
    )
    return infos.filter((info) => /^role:master/m.test(info)).length === 1
  })
}

/** Resolves when the servers have been without their primary for longer than so many seconds. */
async function lost(deployment: Deployment, pods: readonly Pod[], seconds: number): Promise<void> {
  for (const pod of pods)
    await until(async () => {
      const info = await deployment.ask(pod, 'server', 'info', 'replication')
      return Number(/^master_link_down_since_seconds:(\d+)/m.exec(info)?.[1]) > seconds
    })
}

/** Writes a key that the others have then. */
async function writeToAll(deployment: Deployment, key: string): Promise<void> {
  const { primary, others } = await roles(deployment)
  await until(async () => (await write(deployment, primary, key)) === 'OK')
  for (const pod of others) await until(() => has(deployment, pod, key))
}

/**
 * Resolves when a server that has come back follows another, and all have a key. On a busy machine the Sentinels may miss the other one soon
 * after, and name this one again, which has all by then: so what counts is what it said of its start.
 */
async function succeeded(deployment: Deployment, before: Pod, key: string): Promise<void> {
  const line = await before.logged(/the primary is /, { from: 'start', limit: 250_000 })
  assert.ok(!line.includes(before.host), line)
  await settled(deployment)
  for (const pod of deployment.servers) await until(() => has(deployment, pod, key))
}

// The commands of agents are all that writes.
const write = (deployment: Deployment, pod: Pod, key: string) =>
  deployment.ask(pod, 'polis', 'set', `{polis:0}:${key}`, 'kept')
const has = async (deployment: Deployment, pod: Pod, key: string) =>
  (await deployment.ask(pod, 'polis', 'get', `{polis:0}:${key}`)) === 'kept'

describe('the Redis of a deployment, by the files that its manifests have', SKIP, () => {
  it('has one primary that the others follow; probes know who is logged in', async () => {
    await using deployment = await started()
    const { primary, others } = await roles(deployment)
    assert.equal(primary, deployment.servers[0], 'nobody remembers another')
    for (const pod of deployment.sentinels) assert.equal((await pod.execute('probe-sentinel')).code, 0)
    for (const pod of deployment.servers) assert.equal((await pod.execute('probe-redis', 'live')).code, 0)
    assert.equal(await write(deployment, primary, 'one'), 'OK')
    for (const pod of others) await until(() => has(deployment, pod, 'one'))
    for (const password of ['wrong', '']) {
      writeFileSync(deployment.password('probe'), password)
      for (const probe of ['live', 'ready']) assert.notEqual((await primary.execute('probe-redis', probe)).code, 0)
      assert.notEqual((await deployment.sentinels[0]?.execute('probe-sentinel'))?.code, 0)
    }
  })

  it('lets nobody do more than they must, or in without a password', async () => {
    await using deployment = await started()
    const { primary } = await roles(deployment)
    const asked = (user: string, ...command: string[]) => deployment.ask(primary, user, ...command)
    assert.match(await asked('polis', 'set', 'elsewhere', '1'), /NOPERM/)
    for (const command of ['flushall', 'keys *', 'shutdown', 'replicaof no one', 'acl list', 'config set dir /tmp'])
      assert.match(await asked('polis', ...command.split(' ')), /NOPERM/, command)
    assert.match(await asked('probe', 'get', '{polis:0}:one'), /NOPERM/)
    assert.match(await asked('server', 'get', '{polis:0}:one'), /NOPERM/)
    assert.match(
      await asked('polis', 'config', 'get', 'masterauth'),
      /^masterauth/,
      'agents may look at the configuration',
    )
  })

  it('gives nobody a password by way of a command line, or of a file that outlives the pod of a server', async () => {
    await using deployment = await started()
    const [server, sentinel] = [deployment.servers[0], deployment.sentinels[0]]
    const password = readFileSync(deployment.password('server'), 'utf8').trim().slice(0, 8)
    for (const pod of [server, sentinel]) assert.ok(!commandLine(pod?.pid() ?? 0).includes(password))
    for (const file of readdirSync(join(server?.folder ?? '', 'data')))
      assert.ok(!file.endsWith('.conf'), `${file} holds the configuration`)
  })

  it('names another when the primary is killed, and whoever comes back follows', async () => {
    await using deployment = await started()
    const { primary, others } = await roles(deployment)
    await write(deployment, primary, 'one')
    for (const pod of others) await until(() => has(deployment, pod, 'one'))
    await primary.kill()
    await replaced(deployment, primary)
    const now = await roles(deployment)
    assert.notEqual(now.primary.host, primary.host)
    primary.start()
    await settled(deployment)
    assert.match(await deployment.ask(primary, 'server', 'role'), new RegExp(`^slave\n${now.primary.host}\n`))
    assert.ok(await has(deployment, primary, 'one'))
  })

  it('gives the lead to a replica that lived on when the primary comes back at once', async () => {
    await using deployment = await started()
    await writeToAll(deployment, 'one')
    const { primary } = await roles(deployment)
    await primary.kill()
    primary.start()
    await succeeded(deployment, primary, 'one')
  })

  it('does so too when no replica says anything at that moment', async () => {
    await using deployment = await started()
    await writeToAll(deployment, 'one')
    const { primary, others } = await roles(deployment)
    for (const pod of others) pod.signal('SIGSTOP')
    await primary.kill()
    primary.start()
    await primary.logged(/not leading yet: .* silent/, { from: 'start', limit: 150_000 })
    for (const pod of others) pod.signal('SIGCONT')
    await succeeded(deployment, primary, 'one')
  })

  it('does so too when the Sentinels were gone for longer than they let a replica be without its primary', async () => {
    await using deployment = await started({}, { downAfter: 500 })
    await writeToAll(deployment, 'one')
    const { primary, others } = await roles(deployment)
    await Promise.all(deployment.sentinels.map((pod) => pod.kill()))
    await primary.kill()
    await lost(deployment, others, 8)
    for (const pod of [primary, ...deployment.sentinels]) pod.start()
    await primary.logged(/stops following/, { from: 'start', limit: 250_000 })
    await succeeded(deployment, primary, 'one')
  })

  it('has the primary that comes back lead again when the replicas had lost it before its last write', async () => {
    // The Sentinels would name one of them in the end: nobody else has anything, as far as they know.
    await using deployment = await started({}, { downAfter: 120_000 })
    await writeToAll(deployment, 'one')
    const { primary, others } = await roles(deployment)
    const configure = (pod: Pod, ...setting: readonly string[]) =>
      deployment.ask(pod, 'server', 'config', 'set', ...setting)
    await configure(primary, 'min-replicas-to-write', '0')
    for (const pod of others) await configure(pod, 'masteruser', 'nobody')
    await deployment.ask(primary, 'server', 'client', 'kill', 'type', 'replica')
    await lost(deployment, others, 4)
    assert.equal(await write(deployment, primary, 'two'), 'OK')
    await primary.kill()
    primary.start()
    await primary.logged(new RegExp(`the primary is ${primary.host}`), { from: 'start' })
    for (const pod of others) await configure(pod, 'masteruser', 'server')
    await settled(deployment)
    assert.equal((await roles(deployment)).primary, primary)
    for (const pod of deployment.servers) await until(() => has(deployment, pod, 'two'))
  })

  it('has the primary of before when all start again at once, and not the first server', async () => {
    await using deployment = await started()
    const first = (await roles(deployment)).primary
    await first.kill()
    await replaced(deployment, first)
    first.start()
    await settled(deployment)
    const before = (await roles(deployment)).primary
    assert.equal(await write(deployment, before, 'two'), 'OK')
    const all = [...deployment.servers, ...deployment.sentinels]
    await Promise.all(all.map((pod) => pod.kill()))
    for (const pod of all) pod.start()
    await settled(deployment)
    assert.equal((await roles(deployment)).primary.host, before.host)
    for (const pod of deployment.servers) await until(() => has(deployment, pod, 'two'))
  })

  it('waits for the primary of before, although replicas that lack what it had start earlier', async () => {
    await using deployment = await started()
    const { primary, others } = await roles(deployment)
    await Promise.all(others.map((pod) => pod.kill()))
    assert.match(await write(deployment, primary, 'one'), /NOREPLICAS|OK/)
    await Promise.all([primary, ...deployment.sentinels].map((pod) => pod.kill()))
    const aborted = deployment.sentinels.map((pod) => {
      pod.start()
      return pod.logged(/-failover-abort-no-good-slave/, { limit: 150_000 })
    })
    for (const pod of others) pod.start()
    await Promise.any(aborted)
    primary.start()
    await settled(deployment)
    assert.equal((await roles(deployment)).primary.host, primary.host)
    await Promise.allSettled(aborted)
  })

  it('never has a server with an empty volume lead others that hold data', async () => {
    await using deployment = await started({}, { patience: 3 })
    const { primary, others } = await roles(deployment)
    await write(deployment, primary, 'one')
    for (const pod of others) await until(() => has(deployment, pod, 'one'))
    await Promise.all(deployment.servers.map((pod) => pod.kill()))
    rmSync(join(primary.folder, 'data'), { recursive: true })
    primary.recreate()
    for (const pod of deployment.servers) pod.start()
    await replaced(deployment, primary)
    await settled(deployment)
    assert.ok(await has(deployment, primary, 'one'))
  })

  it('hands the lead over before the primary is stopped, and answers no write meanwhile that would be lost', async () => {
    await using deployment = await started()
    const { primary } = await roles(deployment)
    const writes = Array.from(
      { length: 40 },
      async (_, at) => [at, await write(deployment, primary, `w${at}`)] as const,
    )
    const stopped = await primary.execute('stop-redis')
    assert.equal(stopped.code, 0, stopped.said)
    const now = (await roles(deployment)).primary
    assert.notEqual(now.host, primary.host)
    await primary.kill('SIGTERM')
    for (const [at, said] of await Promise.all(writes))
      if (said === 'OK') assert.equal(await deployment.ask(now, 'polis', 'get', `{polis:0}:w${at}`), 'kept')
  })

  it('keeps the addresses of the others in its own /etc/hosts, by whole names, and those of lost ones too', async () => {
    await using deployment = await createDeployment()
    const [pod = assert.fail(), other] = deployment.servers
    const path = (name: string) => join(pod.folder, name)
    const executable = (name: string, ...lines: readonly string[]) =>
      writeFileSync(path(name), ['#!/bin/sh', ...lines, ''].join('\n'), { mode: 0o755 })
    writeFileSync(path('resolv.conf'), 'search shop.svc.cluster.test svc.cluster.test cluster.test\noptions ndots:5\n')
    const [REDIS_HOSTS, SELF] = ['a-0.a.shop.svc a-1.a.shop.svc', 'b-0.b.shop.svc']
    const variables = { REDIS_HOSTS, SENTINEL_HOSTS: SELF, SELF, POD: 'b-0', POD_IP: '10.0.0.9' }
    const renewed = async (): Promise<readonly string[]> => {
      const env = { ...variables, RESOLVER: path('resolv.conf'), PATH: `${pod.folder}:${process.env.PATH}` }
      const { code, said } = await deployment.script(pod, 'set +e; renew_hosts; cat "$RUN/hosts"', env)
      assert.equal(code, 0, said)
      return said.trim().split('\n')
    }
    const made = ['127.0.0.1 localhost', '::1 localhost', '10.0.0.9 b-0.b.shop.svc b-0']
    writeFileSync(join(pod.folder, 'run/hosts'), `${made.join('\n')}\n`)
    executable(
      'getent',
      'case "$*" in',
      "  '-s dns ahosts a-0.a.shop.svc.cluster.test.') echo '10.0.0.1 STREAM';;",
      '  *) exit 2;; esac',
    )
    assert.deepEqual(await renewed(), [...made, '10.0.0.1 a-0.a.shop.svc'])
    // As busybox has it: the first address is that of the name server.
    executable('getent', 'exit 1')
    executable(
      'nslookup',
      'printf \'Server: 10.0.0.3\\nAddress: 10.0.0.3:53\\n\\nName: %s\\nAddress: 10.0.0.2\\n\' "$1"',
    )
    assert.deepEqual(await renewed(), [...made, '10.0.0.2 a-0.a.shop.svc', '10.0.0.2 a-1.a.shop.svc'])
    executable('nslookup', 'exit 1')
    assert.deepEqual(await renewed(), [...made, '10.0.0.2 a-0.a.shop.svc', '10.0.0.2 a-1.a.shop.svc'])
    assert.equal((await deployment.script(pod, 'are_hosts_kept')).code, 0)
    utimesSync(join(pod.folder, 'run/hosts-kept'), 1, 1)
    assert.equal((await deployment.script(pod, 'are_hosts_kept')).code, 1)
    assert.equal((await deployment.script(other ?? pod, 'are_hosts_kept')).code, 0)
  })

  it('does not start without a password', async () => {
    await using deployment = await createDeployment()
    writeFileSync(deployment.password('polis'), '\n')
    const [sentinel] = deployment.sentinels
    sentinel?.start()
    await assert.rejects(sentinel?.logged(/monitor master/, { from: 'start' }) ?? Promise.resolve(), {
      message: /the password of polis is empty/,
    })
  })

  it('speaks TLS alone where that is asked for', { skip: skipWithout('openssl') }, async () => {
    await using deployment = await started({ tls: { enabled: true } })
    const { primary } = await roles(deployment)
    await primary.kill()
    await replaced(deployment, primary)
    primary.start()
    await settled(deployment)
    for (const pod of deployment.sentinels) assert.equal((await pod.execute('probe-sentinel')).code, 0)
    assert.equal(await write(deployment, (await roles(deployment)).primary, 'one'), 'OK')
  })

  it('is a single server where that is asked for, which comes back as what it was', async () => {
    await using deployment = await started({ replicas: 1, sentinels: 1 })
    const { primary } = await roles(deployment)
    assert.equal(await write(deployment, primary, 'one'), 'OK')
    assert.equal((await primary.execute('stop-redis')).code, 0)
    await primary.kill('SIGTERM')
    primary.start()
    await settled(deployment)
    assert.ok(await has(deployment, primary, 'one'))
  })
})

function commandLine(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
}
