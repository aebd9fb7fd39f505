import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { PolisError } from '../core/error.ts'
import { seededRandom } from '../core/random.ts'
import type { LiveObject } from './api.ts'
import { createFakeCluster, type FakeCluster } from './fake/api.ts'
import { object, sickStatus, target, wellStatus } from './fake/fixture.ts'
import { leapingClock } from './fake/leaping-clock.ts'
import type { Progress } from './progress.ts'
import type { HoldsRuns } from './prune.ts'
import { createRecords } from './revision/records.ts'
import { rollOut } from './roll-out.ts'
import type { RollOutDependencies, RollOutOptions } from './roll-out-terms.ts'
import type { Target } from './target.ts'

const OPTIONS: RollOutOptions = { cause: { kind: 'apply' }, by: 'ada', timeout: 600_000, force: false, rollback: true }
const clock = leapingClock()
let processes = 0

interface Setting extends Partial<RollOutOptions> {
  readonly holdsRuns?: HoldsRuns
  readonly signal?: AbortSignal
}

async function apply(cluster: FakeCluster, wanted: Target, { holdsRuns, signal, ...options }: Setting = {}) {
  const progress: Progress[] = []
  processes += 1
  const dependencies: RollOutDependencies = {
    ...{ api: cluster, clock, random: seededRandom(processes), holder: `process-${processes}` },
    report: (each) => void progress.push(each),
    holdsRuns: holdsRuns ?? (async () => false),
    signal: signal ?? new AbortController().signal,
  }
  return { outcome: await rollOut(wanted, { ...OPTIONS, ...options }, dependencies), progress }
}

/** All that there is, without what differs from one time to the next. */
function stateOf(cluster: FakeCluster) {
  const isLasting = ({ kind, metadata }: LiveObject) => kind !== 'Lease' && !metadata.name.includes('-revision-')
  return [...cluster.objects]
    .filter(([, each]) => isLasting(each))
    .map(([key, { spec, metadata, data, kind }]) => ({
      key,
      spec,
      labels: metadata.labels,
      data: kind === 'Secret' ? 'random' : data,
    }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
}

const history = (cluster: FakeCluster) => createRecords(cluster, { name: 'desk', namespace: 'shop' }).list()
const versions = (cluster: FakeCluster) =>
  [...cluster.objects].map(([key, { metadata }]) => `${key} ${metadata.resourceVersion}`)
const has = (cluster: FakeCluster, name: string) =>
  [...cluster.objects.values()].some(({ metadata }) => metadata.name === name)

suite('Rolling out', () => {
  test('puts all of a deployment on an empty cluster, and records who did it', async () => {
    const cluster = createFakeCluster({ statusOf: wellStatus })
    const { outcome } = await apply(cluster, target('r1'), { reason: 'the first', commit: 'abc' })
    assert.equal(outcome.kind, 'deployed')
    for (const each of ['shop', 'desk-settings', 'desk-redis', 'desk-r1', 'desk']) assert.ok(has(cluster, each), each)
    const [only, ...rest] = await history(cluster)
    assert.deepEqual(rest, [])
    assert.equal(only?.status, 'deployed')
    assert.deepEqual([only.number, only.by, only.reason, only.commit], [1, 'ada', 'the first', 'abc'])
    assert.deepEqual(only.target, target('r1'))
  })

  test('a second time changes nothing, not even the lock', async () => {
    const cluster = createFakeCluster({ statusOf: wellStatus })
    await apply(cluster, target('r1'))
    const before = versions(cluster)
    const { outcome } = await apply(cluster, target('r1'))
    assert.equal(outcome.kind, 'unchanged')
    assert.deepEqual(versions(cluster), before)
  })

  test('writes the record of a revision before its first object', async () => {
    const cluster = createFakeCluster({ statusOf: wellStatus })
    await apply(cluster, target('r1'))
    const record = cluster.effects.indexOf('apply ConfigMap desk-revision-1')
    assert.ok(record > 0)
    assert.ok(record < cluster.effects.indexOf('apply ConfigMap desk-settings'))
  })

  test('moves traffic only after the workloads are healthy', async () => {
    const cluster = createFakeCluster({ statusOf: wellStatus })
    await apply(cluster, target('r1'))
    const { outcome } = await apply(createFakeCluster({ statusOf: sickStatus('r1') }), target('r1'))
    assert.ok(cluster.effects.indexOf('apply Service desk') > cluster.effects.indexOf('apply Deployment desk-r1'))
    assert.equal(outcome.kind, 'failed')
  })

  test('gives a generated secret its value once', async () => {
    const cluster = createFakeCluster({ statusOf: wellStatus })
    await apply(cluster, target('r1'))
    const secret = () => [...cluster.objects.values()].find(({ kind }) => kind === 'Secret')
    const first = JSON.stringify(secret())
    assert.match(String(Reflect.get(Object(secret()?.data), 'password')), /^[\w+/]{40,}=*$/)
    await apply(cluster, target('r2'))
    assert.equal(JSON.stringify(secret()), first)
  })

  test('says who has set which field, and changes nothing, unless it is forced', async () => {
    const cluster = createFakeCluster({ statusOf: wellStatus })
    await apply(cluster, target('r1'))
    cluster.put({ ...object('v1', 'ConfigMap', 'desk-settings'), data: { COLOR: 'pink' } }, 'kubectl-edit')
    const before = versions(cluster)
    await assert.rejects(apply(cluster, target('r1', { color: 'green' })), (reason) => {
      assert.ok(reason instanceof PolisError)
      assert.equal(reason.code, 'CONFLICT')
      assert.match(reason.message, /ConfigMap shop\/desk-settings: \.data\.COLOR was set by kubectl-edit/)
      return true
    })
    const isLease = (each: string) => each.includes('/Lease/')
    assert.deepEqual(
      versions(cluster).filter((each) => !isLease(each)),
      before.filter((each) => !isLease(each)),
    )
    const { outcome } = await apply(cluster, target('r1', { color: 'green' }), { force: true })
    assert.equal(outcome.kind, 'deployed')
  })

  test('refuses the whole where the cluster refuses a part, and takes a namespace that it made away again', async () => {
    const refuse = ({ kind }: { readonly kind: string }) => (kind === 'Service' ? 'spec.type: unknown' : undefined)
    const cluster = createFakeCluster({ statusOf: wellStatus, refuse })
    await assert.rejects(apply(cluster, target('r1')), /Service desk: spec.type: unknown/)
    assert.deepEqual(
      [...cluster.objects.values()].filter(({ kind }) => kind !== 'Lease').map(({ kind }) => kind),
      [],
    )
  })

  test('removes what the next revision does not have, and nothing that is not ours', async () => {
    const cluster = createFakeCluster({ statusOf: wellStatus })
    const extra = [object('v1', 'ConfigMap', 'desk-old'), object('v1', 'ConfigMap', 'desk-taken')]
    await apply(cluster, target('r1', { extra }))
    const taken = cluster.objects.get('/ConfigMap/shop/desk-taken')
    assert.ok(taken)
    cluster.put({
      ...taken,
      metadata: { name: 'desk-taken', namespace: 'shop', annotations: { 'agentpolis.dev/deployment': 'another' } },
    })
    cluster.put(object('v1', 'ConfigMap', 'desk-others'))
    await apply(cluster, target('r1'))
    assert.deepEqual(
      ['desk-old', 'desk-taken', 'desk-others'].map((name) => has(cluster, name)),
      [false, true, true],
    )
  })

  test('keeps an old release until no run of it is left', async () => {
    const cluster = createFakeCluster({ statusOf: wellStatus })
    await apply(cluster, target('r1'))
    const asked: unknown[] = []
    for (const [holds, isThere] of [
      [true, true],
      [undefined, true],
      [false, false],
    ] as const) {
      const { progress } = await apply(cluster, target('r2'), {
        async holdsRuns(agents) {
          asked.push(agents)
          return holds
        },
      })
      assert.equal(has(cluster, 'desk-r1'), isThere)
      if (isThere && asked.length === 1) assert.ok(progress.some(({ kind }) => kind === 'draining'))
    }
    assert.deepEqual(asked[0], { report: 'agent-r1' })
  })
})

suite('A revision that does not become healthy', () => {
  test('is gone back from by itself, and its own objects go', async () => {
    const cluster = createFakeCluster({ statusOf: sickStatus('r2') })
    await apply(cluster, target('r1'))
    const before = stateOf(cluster)
    const { outcome } = await apply(cluster, target('r2', { color: 'red' }), { holdsRuns: async () => undefined })
    assert.equal(outcome.kind, 'failed')
    assert.match(outcome.message, /Deployment desk-r2: ProgressDeadlineExceeded: has timed out/)
    assert.equal(outcome.restored?.number, 3)
    assert.deepEqual(stateOf(cluster), before)
    const all = await history(cluster)
    assert.deepEqual(
      all.map(({ status, cause }) => [status, cause.kind]),
      [
        ['deployed', 'apply'],
        ['failed', 'apply'],
        ['deployed', 'rollback'],
      ],
    )
  })

  test('stays where it is not to be gone back from, or there is nothing to go back to', async () => {
    const cluster = createFakeCluster({ statusOf: sickStatus('r1') })
    const { outcome } = await apply(cluster, target('r1'))
    assert.ok(outcome.kind === 'failed' && outcome.restored === undefined)
    assert.ok(has(cluster, 'desk-r1'))
  })

  test('is one whose deadline passes, too', async () => {
    const cluster = createFakeCluster({
      statusOf: (live) => (live.kind === 'Deployment' ? undefined : wellStatus(live)),
    })
    const { outcome, progress } = await apply(cluster, target('r1'), { timeout: 60_000 })
    assert.ok(outcome.kind === 'failed')
    assert.match(outcome.message, /not healthy in time: Deployment desk-r1/)
    assert.ok(progress.filter(({ kind }) => kind === 'waiting').length >= 20)
  })
})

suite('Whoever loses the lock', () => {
  test('stops, rolls nothing back, and leaves the revision to whoever has it', async () => {
    const hooks: Hooks = { statusOf: wellStatus }
    const cluster = createFakeCluster(hooks as Parameters<typeof createFakeCluster>[0])
    await apply(cluster, target('r1'))
    hooks.statusOf = (live) => (live.metadata.name === 'desk-r2' ? undefined : wellStatus(live))
    hooks.afterEffect = () => {
      if (cluster.effects.at(-1) !== 'apply Deployment desk-r2') return
      const lease = [...cluster.objects.values()].find(({ kind }) => kind === 'Lease')
      assert.ok(lease)
      cluster.put({ ...lease, spec: { ...Object(lease.spec), holderIdentity: 'another' } })
    }
    await assert.rejects(apply(cluster, target('r2')), /Another has taken the deployment over/)
    assert.deepEqual(
      (await history(cluster)).map(({ status }) => status),
      ['deployed', 'applying'],
    )
    assert.ok(!cluster.effects.slice(-3).some((effect) => effect.includes('revision-3')))
  })
})

suite('What others have made', () => {
  test('is taken over on request alone: another deployment’s, and what has no owner', async () => {
    const cluster = createFakeCluster({ statusOf: wellStatus })
    await apply(cluster, target('r1', { extra: [object('v1', 'ConfigMap', 'mine')] }))
    const taken = object('v1', 'ConfigMap', 'taken')
    const annotations = { 'agentpolis.dev/deployment': 'desk-taken' }
    cluster.put({ ...taken, metadata: { ...taken.metadata, annotations } }, 'polis')
    cluster.put({ ...taken, metadata: { name: 'made', namespace: 'shop' } }, 'kubectl-create')
    const wanted = target('r2', { extra: [taken, object('v1', 'ConfigMap', 'made')] })
    const before = versions(cluster)
    await assert.rejects(apply(cluster, wanted), (reason: PolisError) => {
      assert.match(reason.message, /ConfigMap shop\/taken is there already, made by the deployment desk-taken/)
      assert.match(reason.message, /ConfigMap shop\/made is there already, made by kubectl-create/)
      return reason.code === 'CONFLICT'
    })
    const isLock = (version: string) => version.includes('Lease')
    assert.deepEqual(
      versions(cluster).filter((each) => !isLock(each)),
      before.filter((each) => !isLock(each)),
    )
    assert.equal((await apply(cluster, wanted, { force: true })).outcome.kind, 'deployed')
  })

  test('is left alone where it took the name of what was to be removed', async () => {
    const hooks: Hooks = { statusOf: wellStatus }
    const cluster = createFakeCluster(hooks as Parameters<typeof createFakeCluster>[0])
    await apply(cluster, target('r1', { extra: [object('v1', 'ConfigMap', 'old')] }))
    const seen = cluster.objects.get('/ConfigMap/shop/old')
    assert.ok(seen)
    const api = { ...cluster, remove: cluster.remove }
    api.remove = async (ref, options) =>
      await cluster.remove(ref, ref.name === 'old' ? { ...options, uid: 'another' } : options)
    assert.equal((await apply(api, target('r2'))).outcome.kind, 'deployed')
    assert.ok(has(cluster, 'old'))
  })

  test('in another environment’s place is refused, until it is forced', async () => {
    const cluster = createFakeCluster({ statusOf: wellStatus })
    await apply(cluster, { ...target('r1'), environment: 'production' })
    const staging = { ...target('r2'), environment: 'staging' }
    await assert.rejects(apply(cluster, staging), /desk in shop is of the environment production, and this is staging/)
    assert.ok(has(cluster, 'desk-r1') && !has(cluster, 'desk-r2'))
    assert.equal((await apply(cluster, staging, { force: true })).outcome.kind, 'deployed')
  })
})

suite('A deployment whose record would be too large', () => {
  test('is refused before anything is changed', async () => {
    const cluster = createFakeCluster({ statusOf: wellStatus })
    const noise = Buffer.from(seededRandom(1).bytes(1_200_000)).toString('base64')
    const extra = [object('v1', 'ConfigMap', 'large', { data: { noise } })]
    await assert.rejects(apply(cluster, target('r1', { extra })), { code: 'TOO_LARGE' })
    assert.deepEqual(cluster.effects, [])
  })
})

suite('Cut off', () => {
  test('it says that it stands in the middle, and what to do', async () => {
    const cluster = createFakeCluster({
      statusOf: (live) => (live.kind === 'Deployment' ? undefined : wellStatus(live)),
    })
    const stop = new AbortController()
    const told: string[] = []
    const report = (each: Progress) => {
      told.push(each.kind)
      if (each.kind === 'waiting') stop.abort('SIGINT')
    }
    const dependencies: RollOutDependencies = {
      ...{ api: cluster, clock, random: seededRandom(1), holder: 'ada', report },
      ...{ holdsRuns: async () => false, signal: stop.signal },
    }
    await assert.rejects(rollOut(target('r1'), OPTIONS, dependencies))
    assert.equal(told.at(-1), 'cut-off')
    const lease = [...cluster.objects.values()].find(({ kind }) => kind === 'Lease')
    assert.equal(Object(lease?.spec).holderIdentity, '')
  })
})

interface Hooks {
  statusOf: typeof wellStatus
  afterEffect?: ((at: number) => void) | undefined
}
