import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { PolisError } from '../core/error.ts'
import { seededRandom } from '../core/random.ts'
import type { ClusterApi, LiveObject } from './api.ts'
import { createFakeCluster, type FakeCluster } from './fake/api.ts'
import { object, sickStatus, target, wellStatus } from './fake/fixture.ts'
import { leapingClock } from './fake/leaping-clock.ts'
import { type Trouble, withTrouble } from './fake/trouble.ts'
import { findRemoval, removeDeployment } from './remove.ts'
import { createRecords } from './revision/records.ts'
import { rollBack } from './roll-back.ts'
import { rollOut } from './roll-out.ts'
import type { RollOutDependencies } from './roll-out-terms.ts'
import type { Target } from './target.ts'

const NAMED = { name: 'desk', namespace: 'shop' }
const HOW = { by: 'ada', timeout: 600_000, force: false }
const clock = leapingClock()
let processes = 0

function dependencies(api: ClusterApi): RollOutDependencies {
  processes += 1
  return {
    ...{ api, clock, random: seededRandom(processes), holder: `process-${processes}`, report: () => {} },
    ...{ holdsRuns: async () => false, signal: new AbortController().signal },
  }
}

const apply = (wanted: Target) => (api: ClusterApi) =>
  rollOut(wanted, { ...HOW, cause: { kind: 'apply' }, rollback: true }, dependencies(api))
const rollback = (to: number) => (api: ClusterApi) => rollBack({ ...HOW, ...NAMED, to }, dependencies(api))
// As the command does: what is gone needs no removal.
const remove = (volumes: boolean) => async (api: ClusterApi) => {
  const options = { ...NAMED, volumes, timeout: 600_000 }
  const { removed, known } = await findRemoval(api, options)
  if (removed.length > 0 || known) await removeDeployment(options, dependencies(api))
}

const RED = target('r2', { color: 'red' })
const FIRST = target('r1', { extra: [object('v1', 'ConfigMap', 'gone')] })

const CASES: readonly {
  readonly title: string
  readonly before: readonly Target[]
  readonly work: (api: ClusterApi) => Promise<unknown>
  readonly statusOf?: typeof wellStatus
}[] = [
  { title: 'A first apply', before: [], work: apply(FIRST) },
  { title: 'An apply of another release', before: [FIRST], work: apply(RED) },
  {
    title: 'An apply that is rolled back',
    before: [FIRST],
    work: apply(RED),
    statusOf: sickStatus('r2'),
  },
  { title: 'A rollback', before: [FIRST, RED], work: rollback(1) },
  {
    title: 'A rollback that fails, and goes back itself',
    before: [FIRST, RED],
    work: rollback(1),
    statusOf: sickStatus('r1'),
  },
  { title: 'A removal', before: [FIRST, RED], work: remove(false) },
  { title: 'A removal with its volumes', before: [FIRST], work: remove(true) },
]

const KILLED = { kills: true, error: new Error('killed') }
const FAILED = { kills: false, error: new PolisError('UNREACHABLE', 'no answer') }
const REFUSED = { kills: false, error: new PolisError('INVALID_CONFIG', 'a policy says no') }

/** How it is cut off, and whether at calls that only read too: whoever is killed at one of those has done no more than before. */
const CUTS: readonly (readonly [string, Omit<Trouble, 'at'>, boolean])[] = [
  ['killed before an effect', { ...KILLED, done: false }, false],
  ['killed after an effect', { ...KILLED, done: true }, false],
  ['where a call fails', { ...FAILED, done: false }, true],
  ['where the answer to an effect is lost', { ...FAILED, done: true }, false],
  ['where an effect is refused', { ...REFUSED, done: false }, false],
]
const READS = /^(version|serves|get|list|log|try) /

for (const { title, before, work, statusOf = wellStatus } of CASES)
  suite(`${title}, cut off at any call of the API and run again, ends where it would have ended`, () => {
    for (const [how, cut, isReading] of CUTS)
      test(how, async () => {
        const begin = await prepared(before, statusOf)
        const whole = withTrouble(begin.copy())
        await work(whole)
        const expected = await endOf(whole)
        for (let at = 1; at <= whole.calls.length; at++) {
          if (!counts(whole.calls, at, isReading)) continue
          const cluster = begin.copy()
          await work(withTrouble(cluster, { ...cut, at })).catch(() => {})
          await work(cluster)
          assert.deepEqual(await endOf(cluster), expected, `call ${at}: ${whole.calls[at - 1]}`)
        }
      })
  })

/** Of calls that only look, side by side, the first stands for all. */
function counts(calls: readonly string[], at: number, isReading: boolean): boolean {
  const [before = '', call = ''] = [calls[at - 2], calls[at - 1]]
  if (!READS.test(call)) return true
  return isReading && before.split(' ')[0] !== call.split(' ')[0]
}

async function prepared(before: readonly Target[], statusOf: typeof wellStatus): Promise<FakeCluster> {
  const statuses = { of: wellStatus }
  const cluster = createFakeCluster({ statusOf: (live) => statuses.of(live) })
  for (const each of before) await apply(each)(cluster)
  statuses.of = statusOf
  return cluster
}

/** All that there is, without what differs from one time to the next, and how the last revision ended. */
async function endOf(cluster: FakeCluster): Promise<unknown> {
  const records = await createRecords(cluster, NAMED).list()
  const isLasting = ({ kind, metadata }: LiveObject) => kind !== 'Lease' && !metadata.name.includes('-revision-')
  return {
    objects: [...cluster.objects.values()]
      .filter(isLasting)
      .map(({ kind, metadata: { name, labels, annotations }, spec, data }) => ({
        ...{ kind, name, labels, annotations, spec },
        data: kind === 'Secret' ? 'random' : data,
      }))
      .toSorted((a, b) => (`${a.kind} ${a.name}` < `${b.kind} ${b.name}` ? -1 : 1)),
    last: records.at(-1)?.status,
    unfinished: records.filter(({ status }) => status === 'applying').length,
    // Who holds it does not count: nobody renews it any more.
    locks: [...cluster.objects.values()].filter(({ kind }) => kind === 'Lease').map(({ metadata }) => metadata.name),
  }
}
