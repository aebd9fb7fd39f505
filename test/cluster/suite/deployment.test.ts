import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { Client } from '../../../src/client/index.ts'
import { CONTAINER_SECURITY, podSecurity } from '../../../src/manifest/render/pod/security.ts'
import { until } from '../api/until.ts'
import { type Clerk, isReady, NAME, openClerk, succeeded } from '../deployed/clerk.ts'
import { lostOf, sayLoad } from '../load.ts'
import { skipWithoutNodes } from '../node/binary.ts'

let clerk: Clerk
let client: Client

// In this order, of one deployment: each test goes on where the one before has ended.
suite('A deployment on a cluster with two nodes', { skip: skipWithoutNodes() }, () => {
  before(async () => {
    clerk = await openClerk(['one', 'two'], ['first', 'second'])
  })
  after(() => clerk?.[Symbol.asyncDispose]())

  test('It is applied, and its agents are reached through their Service', async (t) => {
    const since = performance.now()
    succeeded(await clerk.apply('first', '--reason', 'a beginning'))
    t.diagnostic(`applied to an empty cluster, with its Redis, in ${seconds(since)}`)
    client = await clerk.reach()
    assert.equal(await answer(), 'first')
  })

  test('Applying it again changes nothing, and then there is no difference', async () => {
    const { stdout } = succeeded(await clerk.apply('first'))
    assert.match(stdout, /nothing changed, and all is healthy/)
    succeeded(await clerk.polis('first', 'diff', '--image', 'localhost/clerk:first'))
  })

  test('No pod has a token of the cluster, a right, or a root that it can write to', async () => {
    const { stdout } = await clerk.control('get', 'pods', '--output', 'jsonpath={.items[*].metadata.name}')
    const pods = stdout.split(' ')
    assert.equal(pods.length, 8)
    for (const pod of pods) {
      const script = 'cat /proc/1/status /proc/1/mounts; ls /var/run/secrets/kubernetes.io; : > /there'
      const said = await execute(pod, script)
      assert.doesNotMatch(said, /kubernetes\.io\/serviceaccount/, pod)
      assert.match(said, /kubernetes\.io'?: No such file/, pod)
      assert.match(said, /\/there: Read-only file system/, pod)
      for (const line of [/^CapEff:\s0+$/m, /^NoNewPrivs:\s1$/m, /^Seccomp:\s2$/m, /^Uid:\s(999|10001)\s/m])
        assert.match(said, line, pod)
    }
  })

  test('An agent sees the secrets that it needs, readable by its group alone, and no others', async () => {
    const [agents] = await clerk.pods()
    const look =
      "ls -lnL /var/run/secrets/agentpolis/*/*; ls /var/run/secrets; grep -c '^tmpfs .* ro,.*noswap' /proc/1/mounts"
    const said = (await execute(agents?.metadata.name ?? '', look)).replaceAll(/ +\d+ \w+ +\d+ \d+:\d+ /g, ' ')
    const folder = '/var/run/secrets/agentpolis'
    const file = (path: string) => `-r--r----- 1 0 10001 ${folder}/${path}\n`
    assert.equal(said, `${file('access/api-keys.json')}${file('redis/password')}agentpolis\n2\n`)
  })

  test('Each pod of Redis has the addresses of the others in its /etc/hosts', async () => {
    const { stdout } = await clerk.control('get', 'pods', '--output', 'json', '--selector=app.kubernetes.io/component')
    const pods: readonly RedisPod[] = JSON.parse(stdout).items
    const isRedis = ({ metadata: { labels } }: RedisPod) => /^redis/.test(labels['app.kubernetes.io/component'] ?? '')
    const own = pods.filter(isRedis)
    assert.equal(own.length, 6)
    const lineOf = ({ metadata: { name }, status }: RedisPod) =>
      `${status.podIP} ${name}.${name.replace(/-\d$/, '')}.${NAME}.svc`
    for (const { metadata } of own)
      await until(`the hosts of ${metadata.name} are known`, async () => {
        const hosts = await execute(metadata.name, 'cat /etc/hosts')
        return own.every((other) => hosts.includes(lineOf(other))) ? true : undefined
      })
  })

  test('The quota refuses a pod that the deployment has no use for', async () => {
    const resources = { limits: { memory: '16Gi' } }
    const [context, container] = [podSecurity(999), { name: 'greedy', image: 'localhost/redis:1', resources }]
    const spec = { securityContext: context, containers: [{ ...container, securityContext: CONTAINER_SECURITY }] }
    const overrides = JSON.stringify({ spec })
    const args = ['run', 'greedy', '--image=localhost/redis:1', `--overrides=${overrides}`]
    const { code, stderr } = await clerk.control(...args)
    assert.equal(code, 1)
    assert.match(stderr, /forbidden: exceeded quota: clerk, requested: .*requests\.memory=16Gi/)
  })

  test('Another release rolls out under load: no request fails, and no run is lost', async (t) => {
    await using load = await clerk.load()
    const since = performance.now()
    succeeded(await clerk.apply('second', '--reason', 'a better answer'))
    t.diagnostic(`rolled out in ${seconds(since)}`)
    const report = await load.stop()
    t.diagnostic(sayLoad(report))
    assert.deepEqual(report.failures, [])
    assert.deepEqual(await lostOf(client, report.runs), [])
    assert.equal(await answer(), 'second')
  })

  test('The old release goes once no run of it is left', async () => {
    succeeded(await clerk.apply('second'))
    await until('the pods of the first release are gone', async () =>
      (await clerk.pods()).length === 2 ? true : undefined,
    )
    assert.equal(await answer(), 'second')
  })

  test('An environment does not take the place of another one unasked', async () => {
    const { code, stderr } = await clerk.apply('second', '--env', 'larger')
    assert.equal(code, 3, stderr)
    assert.match(stderr, /of the environment default, and this is larger \(CONFLICT\)/)
  })

  test('Other settings roll the pods of the same release under load: no request fails, and no run is lost', async (t) => {
    const before = (await clerk.pods()).map(({ metadata }) => metadata.name)
    await using load = await clerk.load()
    const since = performance.now()
    succeeded(await clerk.apply('second', '--env', 'larger', '--force-conflicts'))
    t.diagnostic(`rolled in ${seconds(since)}`)
    const report = await load.stop()
    t.diagnostic(sayLoad(report))
    assert.deepEqual(report.failures, [])
    assert.deepEqual(await lostOf(client, report.runs), [])
    const names = (await clerk.pods()).filter(isReady).map(({ metadata }) => metadata.name)
    assert.deepEqual([names.length, names.filter((name) => before.includes(name))], [3, []])
  })

  test('Status tells its history, and that all of it is healthy', async () => {
    const { stdout } = succeeded(await clerk.polis('second', '--json', 'status'))
    const { healthy, history, pods, draining } = JSON.parse(stdout)
    const told = history.map(({ number, status, reason }: Told) => [number, status, reason])
    assert.deepEqual(
      [healthy, draining, told],
      [
        true,
        [],
        [
          [1, 'deployed', 'a beginning'],
          [2, 'deployed', 'a better answer'],
          [3, 'deployed', undefined],
          [4, 'deployed', undefined],
        ],
      ],
    )
    const staying = pods.filter(({ ready, phase }: ToldPod) => ready && phase === 'Running')
    assert.equal(staying.length, 9)
  })

  test('Verify runs the smoke runs by way of the API server, and is a gate', async () => {
    const good = succeeded(await clerk.polis('second', 'verify', '--env', 'larger', '--junit', 'smoke.xml'))
    assert.match(good.stdout, /✓ a run ends.*\ngood +larger: 1 of 1 passed; revision 4,/)
    succeeded(await clerk.apply('second', '--env', 'demanding', '--force-conflicts'))
    const { code, stdout } = await clerk.polis('second', 'verify', '--env', 'demanding')
    assert.deepEqual([code, /✗ a run takes six steps/.test(stdout)], [1, true], stdout)
  })

  test('A rollback under load brings an earlier release back: no request fails, and no run is lost', async (t) => {
    const present = ['--env', 'demanding']
    await using load = await clerk.load()
    const since = performance.now()
    succeeded(await clerk.polis('second', 'rollback', ...present, '--to', '1', '--reason', 'it was better'))
    t.diagnostic(`rolled back in ${seconds(since)}`)
    const report = await load.stop()
    t.diagnostic(sayLoad(report))
    assert.deepEqual(report.failures, [])
    assert.deepEqual(await lostOf(client, report.runs), [])
    assert.equal(await answer(), 'first')
  })

  test('Delete leaves nothing but the data, and then not that either', async () => {
    succeeded(await clerk.polis('first', 'delete', '--yes'))
    assert.deepEqual(await left('persistentvolumeclaims'), 6)
    succeeded(await clerk.polis('first', 'delete', '--yes', '--volumes'))
    const kinds = ['deployments', 'statefulsets', 'services', 'networkpolicies', 'persistentvolumeclaims', 'pods']
    for (const kind of [...kinds, 'leases', 'resourcequotas', 'poddisruptionbudgets'])
      await until(`no ${kind} are left`, async () => ((await left(kind)) === 0 ? true : undefined), { limit: 120_000 })
    // What others have made stays: who may call, and the cluster's own.
    assert.match(
      (await clerk.control('get', 'secrets,configmaps', '--output', 'name')).stdout,
      /^secret\/clerk-access\nconfigmap\/kube-root-ca\.crt\n$/,
    )
  })
})

interface RedisPod {
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> }
  readonly status: { readonly podIP: string }
}

interface ToldPod {
  readonly ready: boolean
  readonly phase: string
}

interface Told {
  readonly number: number
  readonly status: string
  readonly reason?: string
}

/** Which release answers who connects now: what is connected already stays with its pod for a while. */
async function answer(): Promise<unknown> {
  const { output } = await (await clerk.reach()).runs.submit({ agent: NAME, input: {} }, { wait: '30s' })
  return (output as { readonly release?: string } | undefined)?.release
}

/** What a script prints in a pod, errors too. */
async function execute(pod: string, script: string): Promise<string> {
  const { stdout, stderr } = await clerk.control('exec', pod, '--', 'sh', '-c', script)
  return stdout + stderr
}

async function left(kind: string): Promise<number> {
  const { stdout } = await clerk.control('get', kind, '--output', 'name')
  return stdout.split('\n').filter((line) => line !== '').length
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`
}
