import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, suite, test } from 'node:test'
import { createClusterApi } from '../../../src/cluster/api/create-api.ts'
import type { ClusterApi } from '../../../src/cluster/api.ts'
import { differ, isDifferent } from '../../../src/cluster/diff.ts'
import { loadKubeconfig } from '../../../src/cluster/kubeconfig/load.ts'
import { preflight } from '../../../src/cluster/preflight.ts'
import { removeDeployment } from '../../../src/cluster/remove.ts'
import { createRecords } from '../../../src/cluster/revision/records.ts'
import { rollBack } from '../../../src/cluster/roll-back.ts'
import { rollOut } from '../../../src/cluster/roll-out.ts'
import type { RollOutDependencies, RollOutOptions } from '../../../src/cluster/roll-out-terms.ts'
import { statusOf } from '../../../src/cluster/status/status.ts'
import type { Target } from '../../../src/cluster/target.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { systemRandom } from '../../../src/core/random.ts'
import { MAIN, talk } from '../../cli/spawn.ts'
import { until } from '../api/until.ts'
import { type ControlPlane, startControlPlane } from '../control-plane/start.ts'
import { type Played, playControllers } from '../deployed/play-controllers.ts'
import { smallTarget } from '../deployed/small-target.ts'
import { CONTROL_PLANE, skipWithout } from '../kubernetes/program.ts'

const OPTIONS: RollOutOptions = { cause: { kind: 'apply' }, by: 'ada', timeout: 60_000, force: false, rollback: true }
const EXAMPLE = new URL('../../../examples/incident-desk', import.meta.url).pathname

let plane: ControlPlane
let played: Played
let api: ClusterApi

// Without nodes: the statuses that controllers would write are played, and these stand still.
suite('Apply, on a real API server', { skip: skipWithout(...CONTROL_PLANE) }, () => {
  before(async () => {
    plane = await startControlPlane()
    plane.signal('kube-controller-manager', 'SIGSTOP')
    played = playControllers(plane.client)
    const connection = await loadKubeconfig({ file: plane.kubeconfig, context: undefined, env: {}, cwd: '/' })
    api = createClusterApi(connection, { clock: systemClock(), signal: new AbortController().signal })
  })
  after(async () => {
    await played[Symbol.asyncDispose]()
    await plane[Symbol.asyncDispose]()
  })

  test('A second apply changes nothing, and then there is no difference', async () => {
    const target = smallTarget({ namespace: newName(), release: 'r1' })
    await preflight(api, target.objects, target.namespace)
    assert.equal((await apply(target)).kind, 'deployed')
    const versions = await versionsOf(target)
    assert.equal((await apply(target)).kind, 'unchanged')
    assert.deepEqual(await versionsOf(target), versions)
    const difference = await differ(api, target, { force: false, holdsRuns: async () => undefined })
    assert.equal(isDifferent(difference), false)
    const status = await statusOf(api, { ...target, holdsRuns: async () => undefined, now: Date.now() })
    assert.equal(status.healthy, true)
  })

  test('A field that somebody else has set is a conflict that names them, until it is forced', async () => {
    const target = smallTarget({ namespace: newName(), release: 'r1' })
    await apply(target)
    const settings = target.objects.find(({ kind }) => kind === 'ConfigMap')
    assert.ok(settings)
    await api.apply({ ...settings, data: { COLOR: 'pink' } }, { manager: 'kubectl-edit', force: true })
    const green = smallTarget({ namespace: target.namespace, release: 'r1', color: 'green' })
    await assert.rejects(apply(green), /desk-settings: \.data\.COLOR was set by kubectl-edit/)
    assert.equal((await apply(green, { force: true })).kind, 'deployed')
  })

  test('What somebody else has made is not taken over unasked, even where its fields are the same', async () => {
    const target = smallTarget({ namespace: newName(), release: 'r1', more: ['theirs'] })
    const { namespace } = target
    await api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, { manager: 'others' })
    const labels = { team: 'theirs' }
    const theirs = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'theirs', namespace, labels } }
    await api.apply(theirs, { manager: 'others' })
    await assert.rejects(apply(target), /ConfigMap .*theirs is there already, made by others/)
    assert.deepEqual(await present(namespace, ['theirs', 'desk-r1', 'desk-revision-1']), [true, false, false])
    assert.equal((await apply(target, { force: true })).kind, 'deployed')
  })

  test('A namespace that ends takes nothing, and is said to', async () => {
    const target = smallTarget({ namespace: newName(), release: 'r1' })
    await apply(target)
    // The controller that would empty it stands still.
    await api.remove({ apiVersion: 'v1', kind: 'Namespace', name: target.namespace })
    const next = smallTarget({ namespace: target.namespace, release: 'r2' })
    await assert.rejects(apply(next), { code: 'CONFLICT', message: /because it is being terminated/ })
  })

  test('A namespace that was made with the deployment stays where somebody has put a secret into it', async () => {
    const target = smallTarget({ namespace: newName(), release: 'r1' })
    await apply(target)
    const { namespace } = target
    await api.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'keys', namespace } }, { manager: 'others' })
    const { kept } = await removeDeployment({ name: 'desk', namespace, volumes: true, timeout: 30_000 }, dependencies())
    assert.match(kept[0]?.why ?? '', /Secret keys of others is in it/)
    const space = await api.get({ apiVersion: 'v1', kind: 'Namespace', name: namespace })
    assert.equal(space?.metadata.deletionTimestamp, undefined)
  })

  test('An unknown field is refused before anything is changed, and the namespace goes again', async () => {
    const target = smallTarget({ namespace: newName(), release: 'r1' })
    const objects = target.objects.map((object) => (object.kind === 'Service' ? { ...object, datum: 1 } : object))
    await assert.rejects(apply({ ...target, objects }), /Service .*datum/)
    const space = await api.get({ apiVersion: 'v1', kind: 'Namespace', name: target.namespace })
    assert.ok(space === undefined || space.metadata.deletionTimestamp !== undefined)
  })

  test('What the next revision does not have is removed, and a release without runs too', async () => {
    const namespace = newName()
    await apply(smallTarget({ namespace, release: 'r1', more: ['desk-gone'] }))
    await apply(smallTarget({ namespace, release: 'r2' }), {}, { holdsRuns: async () => true })
    assert.deepEqual(await present(namespace, ['desk-gone', 'desk-r1', 'desk-r2']), [false, true, true])
    await apply(smallTarget({ namespace, release: 'r2' }))
    assert.deepEqual(await present(namespace, ['desk-gone', 'desk-r1', 'desk-r2']), [false, false, true])
  })

  test('A release whose pods never become ready is gone back from by itself', async () => {
    const namespace = newName()
    await apply(smallTarget({ namespace, release: 'r1' }))
    played.sick.add('desk-sick')
    const outcome = await apply(
      smallTarget({ namespace, release: 'sick', color: 'red' }),
      {},
      { holdsRuns: async () => undefined },
    )
    assert.ok(outcome.kind === 'failed')
    assert.match(outcome.message, /ProgressDeadlineExceeded/)
    assert.equal(outcome.restored?.status, 'deployed')
    assert.deepEqual(await present(namespace, ['desk-r1', 'desk-sick']), [true, false])
    const settings = await api.get({ apiVersion: 'v1', kind: 'ConfigMap', name: 'desk-settings', namespace })
    assert.deepEqual(settings?.data, { COLOR: 'blue' })
  })

  test('A rollback brings an earlier revision back, without its project', async () => {
    const namespace = newName()
    await apply(smallTarget({ namespace, release: 'r1' }))
    await apply(smallTarget({ namespace, release: 'r2', color: 'red' }))
    const { cause: _, rollback: __, ...options } = OPTIONS
    const { outcome } = await rollBack({ ...options, name: 'desk', namespace, to: undefined }, dependencies())
    assert.equal(outcome.kind, 'deployed')
    assert.deepEqual(await present(namespace, ['desk-r1', 'desk-r2']), [true, false])
    const history = await createRecords(api, { name: 'desk', namespace }).list()
    assert.deepEqual(
      history.map(({ number, status, cause }) => [number, status, cause]),
      [
        [1, 'deployed', { kind: 'apply' }],
        [2, 'deployed', { kind: 'apply' }],
        [3, 'deployed', { kind: 'rollback', to: 1 }],
      ],
    )
  })

  test('Delete removes what is ours and keeps what is not', async () => {
    const namespace = newName()
    await apply(smallTarget({ namespace, release: 'r1' }))
    const other = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'theirs', namespace }, data: {} }
    await api.apply(other, { manager: 'others' })
    const options = { name: 'desk', namespace, volumes: false, timeout: 30_000 }
    await removeDeployment(options, dependencies())
    const names = ['theirs', 'desk-settings', 'desk-r1', 'desk-redis', 'desk-revision-1']
    // The password is kept, and the last record with it, by which it is found later.
    assert.deepEqual(await present(namespace, names), [true, false, false, false, true])
    await removeDeployment({ ...options, volumes: true }, dependencies())
    assert.deepEqual(await present(namespace, names), [true, false, false, false, false])
  })

  test('An apply that is killed goes on when it is run again', async () => {
    const name = newName()
    const env = { KUBECONFIG: plane.kubeconfig, HOME: '/nonexistent', NODE_OPTIONS: '--conditions=polis-source' }
    const project = `--dir=${EXAMPLE}`
    const first = talk(process.execPath, [MAIN, project, '--json', 'apply', '--reason', name], env)
    await until('a revision was begun', async () => ((await records(EXAMPLE_NAME)).length > 0 ? true : undefined))
    first.signal('SIGKILL')
    await first.ended
    const again = talk(process.execPath, [MAIN, project, '--json', 'apply'], env)
    const { code, stderr } = await again.ended
    assert.equal(code, 0, stderr)
    const diff = await talk(process.execPath, [MAIN, project, 'diff'], env).ended
    assert.equal(diff.code, 0, diff.stdout + diff.stderr)
    assert.deepEqual([...new Set((await records(EXAMPLE_NAME)).map(({ status }) => status))], ['deployed'])
  })
})

const EXAMPLE_NAME = 'incident-desk'

function apply(target: Target, options: Partial<RollOutOptions> = {}, more: Partial<RollOutDependencies> = {}) {
  return rollOut(target, { ...OPTIONS, ...options }, { ...dependencies(), ...more })
}

function dependencies(): RollOutDependencies {
  return {
    ...{ api, clock: systemClock(), random: systemRandom(), holder: randomBytes(4).toString('hex') },
    ...{ report: () => {}, holdsRuns: async () => false, signal: new AbortController().signal },
  }
}

function newName(): string {
  return `polis-${randomBytes(4).toString('hex')}`
}

async function versionsOf({ objects }: Target): Promise<readonly unknown[]> {
  const live = await Promise.all(
    objects.map(({ apiVersion, kind, metadata }) => api.get({ apiVersion, kind, ...metadata })),
  )
  return live.map((object) => [object?.kind, object?.metadata.resourceVersion])
}

async function present(namespace: string, names: readonly string[]): Promise<readonly boolean[]> {
  const kinds = [
    { apiVersion: 'v1', kind: 'ConfigMap' },
    { apiVersion: 'apps/v1', kind: 'Deployment' },
    { apiVersion: 'apps/v1', kind: 'StatefulSet' },
  ]
  const all = (await Promise.all(kinds.map((kind) => api.list(kind, { namespace })))).flat()
  return names.map((name) =>
    all.some(({ metadata }) => metadata.name === name && metadata.deletionTimestamp === undefined),
  )
}

async function records(name: string) {
  return await createRecords(api, { name, namespace: name }).list()
}
