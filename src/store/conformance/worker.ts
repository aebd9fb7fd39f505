import assert from 'node:assert/strict'
import type { ClaimOutcome } from '../coordination.ts'
import { aClaim, aCommit, anEntry, aWorker } from './build.ts'
import type { Prove, World } from './world.ts'

/** Workers: their leases, the hand-over and the noticing of the dead (G6). */
export function proveWorker(prove: Prove): void {
  prove('registered workers are seen by every process, as they last described themselves', async (world) => {
    const other = await world.another()
    await world.coordination.register(aWorker('w1'))
    await other.coordination.register(aWorker('w2', { releases: { reader: 'x' } }))
    await world.coordination.update(aWorker('w1', { draining: true }))
    const seen = await other.coordination.workers()
    assert.deepEqual(
      seen.toSorted((a, b) => (a.worker < b.worker ? -1 : 1)),
      [aWorker('w1', { draining: true }), aWorker('w2', { releases: { reader: 'x' } })],
    )
  })

  prove('G6: a worker that leaves hands over its runs at once, and no crash is counted', async (world) => {
    await world.start('r1')
    await world.coordination.unregister('w1')
    const record = await world.index.get('t1', 'r1')
    assert.deepEqual([record?.status, record?.worker, record?.crashes, record?.epoch], ['queued', undefined, 0, 1])
    assert.deepEqual(await world.coordination.workers(), [])
    assert.equal((await world.coordination.claim(aClaim({ worker: 'w2' }))).runs[0]?.epoch, 2)
  })

  prove('G6: closing a store gives its leases back and queues what they held', async (world) => {
    const other = await world.another()
    await other.coordination.register(aWorker('w2'))
    await world.submit('r1')
    await other.coordination.claim(aClaim({ worker: 'w2' }))
    await other.close()
    const record = await world.index.get('t1', 'r1')
    assert.deepEqual([record?.status, record?.crashes], ['queued', 0])
    assert.deepEqual(await world.coordination.workers(), [])
  })

  prove('reaping leaves the runs of living workers alone, in this process and in others', async (world) => {
    const other = await world.another()
    await other.coordination.register(aWorker('w2'))
    await world.start('r1')
    await world.start('r2', { claim: { worker: 'w2' } })
    assert.equal(await world.coordination.reap(), 0)
    assert.equal(await other.coordination.reap(), 0)
    assert.deepEqual([await world.status('r1'), await world.status('r2')], ['running', 'running'])
  })

  prove('G6: the runs of a dead process are queued, and a crash is counted on each', async (world) => {
    if (!(await deadWorkerHolds(world, 'r1', 'r2'))) return
    assert.equal(await world.coordination.reap(), 2)
    const record = await world.index.get('t1', 'r1')
    assert.deepEqual([record?.status, record?.crashes, record?.worker], ['queued', 1, undefined])
    assert.deepEqual(await world.coordination.workers(), [])
    assert.equal(await world.coordination.reap(), 0)
  })

  prove('G2: a worker that was believed dead can write nothing once its run is claimed', async (world) => {
    if (!(await deadWorkerHolds(world, 'r1'))) return
    await world.coordination.reap()
    await world.coordination.claim(aClaim())
    const late = await world.journal.append(aCommit('r1', { entries: [anEntry('r1', 2)] }))
    assert.deepEqual(late, { kind: 'fenced', epoch: 2 })
  })

  prove('a run that was submitted for a worker after it left is found, and no crash is counted', async (world) => {
    await world.start('r1')
    await world.coordination.unregister('w1')
    await world.submit('r2', { claim: { worker: 'w1' } })
    assert.equal(await world.status('r2'), 'running')
    assert.equal(await (await world.another()).coordination.reap(), 1)
    const record = await world.index.get('t1', 'r2')
    assert.deepEqual([record?.status, record?.worker, record?.crashes], ['queued', undefined, 0])
    assert.equal(await world.coordination.reap(), 0)
  })

  prove('a claim that recalls answers what the worker holds already, beside what it gives', async (world) => {
    await world.start('r1')
    await world.start('r2', { claim: { worker: 'w2' } })
    await world.submit('r3')
    const before = await world.index.get('t1', 'r1')
    const claimed = await world.coordination.claim(aClaim({ recall: true }))
    assert.deepEqual([claimed.held, claimed.runs.map(({ run }) => run)], [[before], ['r3']])
    assert.equal((await world.coordination.claim(aClaim())).held, undefined)
  })

  prove('G2: a worker whose lease ended while it lived is told, and writes nothing of what it held', async (world) => {
    if (world.expire === undefined) return world.skip('leases do not end here while their process lives')
    const paused = await world.another()
    const lost = new Promise<void>((resolve) => void paused.coordination.register(aWorker('w2'), resolve))
    await world.submit('r1')
    await paused.coordination.claim(aClaim({ worker: 'w2' }))
    await world.expire(paused, 'w2')
    assert.equal(await world.coordination.reap(), 1)
    const late = await paused.journal.append(aCommit('r1', { entries: [anEntry('r1', 2)] }))
    assert.equal(late.kind, 'fenced')
    await lost
    await paused.coordination.register(aWorker('w3'))
    assert.deepEqual(names(await paused.coordination.claim(aClaim({ worker: 'w3' }))), ['r1'])
  })

  proveLead(prove)

  prove('an intent alone is no progress: it forgets no crash', async (world) => {
    if (!(await deadWorkerHolds(world, 'r1'))) return
    await world.coordination.reap()
    await world.coordination.claim(aClaim())
    const intent = anEntry('r1', 2, { epoch: 2, kind: 'step-started' })
    await world.journal.append(aCommit('r1', { epoch: 2, entries: [intent] }))
    assert.equal((await world.index.get('t1', 'r1'))?.crashes, 1)
    const entries = [anEntry('r1', 3, { epoch: 2, kind: 'step-started' }), anEntry('r1', 4, { epoch: 2 })]
    await world.journal.append(aCommit('r1', { epoch: 2, entries }))
    assert.equal((await world.index.get('t1', 'r1'))?.crashes, 0)
  })

  prove('progress forgets the crashes, a claim alone does not', async (world) => {
    if (!(await deadWorkerHolds(world, 'r1'))) return
    await world.coordination.reap()
    await world.coordination.claim(aClaim())
    assert.equal((await world.index.get('t1', 'r1'))?.crashes, 1)
    await world.journal.append(aCommit('r1', { epoch: 2, entries: [anEntry('r1', 2, { epoch: 2 })] }))
    assert.equal((await world.index.get('t1', 'r1'))?.crashes, 0)
  })

  prove('G1: what a dead process had acknowledged is there', async (world) => {
    if (!(await deadWorkerHolds(world, 'r1'))) return
    assert.equal((await world.journal.read('t1', 'r1', 0, 10)).length, 1)
    assert.equal((await world.index.get('t1', 'r1'))?.worker, 'w2')
  })
}

function proveLead(prove: Prove): void {
  prove('one process leads, as long as it says so, and the next one once its time is over', async (world) => {
    const first = (ms: number) => world.coordination.lead('retention', 'p1', ms)
    const other = await world.another()
    const second = (ms: number) => other.coordination.lead('retention', 'p2', ms)
    assert.deepEqual([await first(60_000), await second(60_000), await first(60_000)], [true, false, true])
    assert.equal(await other.coordination.lead('schedules', 'p2', 60_000), true)
    assert.deepEqual([await first(0), await second(60_000), await first(60_000)], [false, true, false])
  })

  prove('who does not lead gives nothing up', async (world) => {
    assert.equal(await world.coordination.lead('retention', 'p1', 60_000), true)
    assert.equal(await world.coordination.lead('retention', 'p2', 0), false)
    assert.equal(await world.coordination.lead('retention', 'p2', 60_000), false)
  })
}

function names({ runs }: ClaimOutcome): string[] {
  return runs.map(({ run }) => run)
}

// Answers false where the death of a process cannot be played in this one.
async function deadWorkerHolds(world: World, ...runs: string[]): Promise<boolean> {
  if (world.kill === undefined) {
    world.skip('the death of a process cannot be played here: a test of real processes shows it')
    return false
  }
  const doomed = await world.another()
  await doomed.coordination.register(aWorker('w2'))
  for (const run of runs) await world.submit(run)
  await doomed.coordination.claim(aClaim({ worker: 'w2' }))
  await world.kill(doomed)
  return true
}
