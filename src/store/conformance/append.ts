import assert from 'node:assert/strict'
import { aClaim, aCommit, aMessage, anEnd, anEntry, aQuestion, aSubmit, bytes, someEntries } from './build.ts'
import type { Prove } from './world.ts'

/** Appending: one commit, by the holder, once, without gaps (G2, G3, G4). */
export function proveAppend(prove: Prove): void {
  proveEntries(prove)
  proveRefusals(prove)
  proveTransitions(prove)
}

function proveEntries(prove: Prove): void {
  prove('G4: appended entries follow the head, and the record counts them', async (world) => {
    await world.start('r1')
    const entries = someEntries('r1', 2, 3)
    world.clock.advance(5)
    assert.deepEqual(await world.journal.append(aCommit('r1', { entries })), { kind: 'committed', status: 'running' })
    assert.deepEqual(await world.journal.read('t1', 'r1', 1, 10), entries)
    const record = await world.index.get('t1', 'r1')
    const size = 4 * bytes('entry 1').byteLength
    assert.deepEqual([record?.sequence, record?.bytes, record?.updatedAt], [4, size, world.clock.now()])
  })

  prove('G4: ten thousand entries are read in pages, each once and in order', async (world) => {
    await world.start('r1')
    const commits = Array.from({ length: 20 }, (_, page) => someEntries('r1', 2 + page * 500, 500))
    for (const entries of commits) await world.journal.append(aCommit('r1', { entries }))
    const seen: number[] = []
    for (let page = await world.journal.read('t1', 'r1', 0, 999); page.length > 0; ) {
      seen.push(...page.map(({ sequence }) => sequence))
      page = await world.journal.read('t1', 'r1', seen.at(-1) ?? 0, 999)
    }
    assert.deepEqual(
      seen,
      Array.from({ length: 10_001 }, (_, index) => index + 1),
    )
  })

  prove(
    'a commit names the snapshot that its run is resumed from, and later ones keep it or name another',
    async (world) => {
      await world.start('r1')
      const snapshotOf = async () => (await world.index.get('t1', 'r1'))?.snapshot
      assert.equal(await snapshotOf(), undefined)
      const taken = aCommit('r1', { entries: someEntries('r1', 2, 2), snapshot: 3 })
      await world.journal.append(taken)
      assert.equal(await snapshotOf(), 3)
      await world.journal.append(aCommit('r1', { entries: [anEntry('r1', 4)], next: { status: 'suspended' } }))
      await world.journal.append(taken)
      assert.equal(await snapshotOf(), 3)
      const seized = { epoch: 2, seize: true, next: { status: 'queued', at: 1 } } as const
      await world.journal.append(aCommit('r1', { ...seized, entries: [anEntry('r1', 5, { epoch: 2 })], snapshot: 5 }))
      const [claimed] = (await world.coordination.claim(aClaim())).runs
      assert.equal(claimed?.snapshot, 5)
    },
  )

  prove('a commit that is refused leaves the snapshot as it is', async (world) => {
    await world.start('r1')
    await world.journal.append(aCommit('r1', { entries: [anEntry('r1', 2)], snapshot: 2 }))
    const fenced = await world.journal.append(aCommit('r1', { epoch: 7, entries: [anEntry('r1', 3)], snapshot: 3 }))
    assert.equal(fenced.kind, 'fenced')
    assert.equal((await world.index.get('t1', 'r1'))?.snapshot, 2)
  })

  prove('reading after the head, or of no run, answers nothing', async (world) => {
    await world.submit('r1')
    assert.deepEqual(await world.journal.read('t1', 'r1', 1, 10), [])
    assert.deepEqual(await world.journal.read('t1', 'r1', 99, 10), [])
    assert.deepEqual(await world.journal.read('t1', 'nobody', 0, 10), [])
  })

  prove('guarantee 5: all parts of a commit become visible together', async (world) => {
    await world.start('r1', { in: 's1' })
    await world.submit('r2')
    await world.journal.append(
      aCommit('r1', {
        entries: [anEntry('r1', 2)],
        messages: [aMessage('r2', 'm1')],
        submits: [aSubmit('child', { record: { parent: { run: 'r1', step: 'x' } } })],
        asks: [aQuestion('r1', 'q1')],
        session: { state: bytes('state') },
        next: { status: 'suspended', wakeAt: 9_000, reason: 'asks' },
      }),
    )
    const record = await world.index.get('t1', 'r1')
    assert.deepEqual([record?.status, record?.wakeAt, record?.reason], ['suspended', 9_000, 'asks'])
    assert.deepEqual([record?.sequence, record?.worker], [2, undefined])
    assert.deepEqual(await world.journal.inbox({ tenant: 't1', run: 'r2' }), [aMessage('r2', 'm1')])
    assert.equal(await world.status('child'), 'queued')
    const { items } = await world.index.questions('t1', { run: 'r1' }, { limit: 10 })
    assert.deepEqual(items, [aQuestion('r1', 'q1')])
    assert.deepEqual((await world.index.session('t1', 's1'))?.state, bytes('state'))
  })

  prove('guarantee 6: messages and submits of a commit are applied once, and may be for nobody', async (world) => {
    await world.start('r1')
    await world.submit('r2')
    const reach = { messages: [aMessage('r2', 'm1'), aMessage('nobody', 'm2')], submits: [aSubmit('child')] }
    await world.journal.append(aCommit('r1', { entries: [anEntry('r1', 2)], ...reach }))
    await world.journal.append(aCommit('r1', { entries: [anEntry('r1', 3)], ...reach }))
    assert.equal((await world.journal.inbox({ tenant: 't1', run: 'r2' })).length, 1)
    assert.equal((await world.index.get('t1', 'child'))?.sequence, 1)
  })

  prove('guarantee 3: the same entries again are committed again, and stand once', async (world) => {
    await world.start('r1')
    const commit = aCommit('r1', { entries: someEntries('r1', 2, 2), asks: [aQuestion('r1', 'q1')] })
    await world.journal.append(commit)
    assert.deepEqual(await world.journal.append(commit), { kind: 'committed', status: 'running' })
    assert.equal((await world.journal.read('t1', 'r1', 0, 10)).length, 3)
  })

  prove('guarantee 3: a retry is committed although the run has moved on', async (world) => {
    await world.start('r1')
    const first = aCommit('r1', { entries: [anEntry('r1', 2)], next: { status: 'queued', at: 1 } })
    await world.journal.append(first)
    await world.coordination.claim(aClaim({ worker: 'w2' }))
    await world.journal.append(aCommit('r1', { epoch: 2, entries: [anEntry('r1', 3, { epoch: 2 })] }))
    assert.deepEqual(await world.journal.append(first), { kind: 'committed', status: 'running' })
    assert.equal((await world.index.get('t1', 'r1'))?.worker, 'w2')
  })

  prove(
    'guarantee 3: the retry of a commit after which its worker would go on is fenced once the run is the run of another',
    async (world) => {
      await world.start('r1')
      const commit = aCommit('r1', { entries: [anEntry('r1', 2)] })
      await world.journal.append(commit)
      await world.coordination.unregister('w1')
      assert.deepEqual(await world.journal.append(commit), { kind: 'fenced', epoch: 1 })
      await world.coordination.claim(aClaim({ worker: 'w2' }))
      assert.deepEqual(await world.journal.append(commit), { kind: 'fenced', epoch: 2 })
      assert.equal((await world.journal.read('t1', 'r1', 0, 10)).length, 2)
    },
  )

  prove('guarantee 3: the retry of an ending commit answers how the run ended', async (world) => {
    await world.start('r1')
    await world.journal.append(anEnd('r1'))
    assert.deepEqual(await world.journal.append(anEnd('r1')), { kind: 'committed', status: 'completed' })
  })
}

function proveRefusals(prove: Prove): void {
  prove('G2: an epoch other than the current one is fenced and changes nothing', async (world) => {
    await world.start('r1')
    const before = await world.index.get('t1', 'r1')
    for (const epoch of [0, 2, 99]) {
      const entries = [anEntry('r1', 2, { epoch })]
      const commit = aCommit('r1', { epoch, entries, asks: [aQuestion('r1', 'q1')], next: { status: 'completed' } })
      assert.deepEqual(await world.journal.append(commit), { kind: 'fenced', epoch: 1 })
    }
    assert.deepEqual(await world.index.get('t1', 'r1'), before)
    assert.equal((await world.journal.read('t1', 'r1', 0, 10)).length, 1)
    assert.deepEqual((await world.index.questions('t1', {}, { limit: 10 })).items, [])
  })

  prove('G2: who gave a run away is fenced, although nobody has claimed it yet', async (world) => {
    await world.start('r1')
    await world.journal.append(aCommit('r1', { next: { status: 'suspended' } }))
    const late = await world.journal.append(aCommit('r1', { entries: [anEntry('r1', 2)] }))
    assert.deepEqual(late, { kind: 'fenced', epoch: 1 })
  })

  prove('G2: nothing can be appended to a run that has ended, or to none', async (world) => {
    await world.start('r1')
    await world.journal.append(anEnd('r1'))
    assert.equal((await world.journal.append(aCommit('r1', { entries: [anEntry('r1', 3)] }))).kind, 'fenced')
    assert.equal((await world.journal.append(aCommit('nobody', { entries: [anEntry('nobody', 1)] }))).kind, 'conflict')
  })

  prove('G4: entries that do not follow the head are a CONFLICT and change nothing', async (world) => {
    await world.start('r1')
    await world.journal.append(aCommit('r1', { entries: [anEntry('r1', 2)] }))
    const wrong = [
      [anEntry('r1', 4)],
      [anEntry('r1', 2, { payload: bytes('other') })],
      [anEntry('r1', 2), anEntry('r1', 3)],
      [anEntry('r1', 3), anEntry('r1', 5)],
    ]
    for (const entries of wrong) {
      await assert.rejects(world.journal.append(aCommit('r1', { entries })), { code: 'CONFLICT' })
    }
    assert.equal((await world.journal.read('t1', 'r1', 0, 10)).length, 2)
    assert.equal((await world.index.get('t1', 'r1'))?.sequence, 2)
  })

  prove('guarantee 5: a commit that is wrong in its last part changes nothing at all', async (world) => {
    await world.start('r1', { in: 's1' })
    await world.submit('r2')
    const before = await world.index.get('t1', 'r1')
    const commit = aCommit('r1', {
      entries: [anEntry('r1', 2)],
      asks: [aQuestion('r1', 'q1')],
      session: { state: bytes('x') },
      messages: [aMessage('r2', 'm1')],
      submits: [aSubmit('good'), aSubmit('bad', { entries: [anEntry('bad', 2)] })],
      next: { status: 'suspended' },
    })
    await assert.rejects(world.journal.append(commit), { code: 'CONFLICT' })
    assert.deepEqual(await world.index.get('t1', 'r1'), before)
    assert.equal((await world.journal.read('t1', 'r1', 0, 10)).length, 1)
    assert.deepEqual((await world.index.questions('t1', {}, { limit: 10 })).items, [])
    assert.equal((await world.index.session('t1', 's1'))?.version, 0)
    assert.deepEqual(await world.journal.deliver(aMessage('r2', 'm1')), { kind: 'delivered' })
    assert.equal(await world.status('good'), undefined)
  })

  prove('guarantee 7: a refused operation harms none that travel with it', async (world) => {
    await world.start('r1')
    await world.start('r2')
    const outcomes = await Promise.allSettled([
      world.journal.append(aCommit('r1', { entries: [anEntry('r1', 2)] })),
      world.journal.append(aCommit('r1', { entries: [anEntry('r1', 9)] })),
      world.journal.append(aCommit('r2', { epoch: 5, entries: [anEntry('r2', 2)] })),
      world.journal.append(aCommit('r2', { entries: [anEntry('r2', 2)] })),
      world.journal.append(aCommit('r1', { entries: [anEntry('r1', 3)] })),
    ])
    const kinds = outcomes.map((outcome) => (outcome.status === 'rejected' ? 'rejected' : outcome.value.kind))
    assert.deepEqual(kinds, ['committed', 'rejected', 'fenced', 'committed', 'committed'])
    assert.equal((await world.index.get('t1', 'r1'))?.sequence, 3)
  })

  prove('closing a question that is not open is a conflict, and nothing of the commit happens', async (world) => {
    await world.start('r1')
    await world.submit('r2')
    await world.journal.append(aCommit('r1', { asks: [aQuestion('r1', 'q1')] }))
    const commit = aCommit('r1', {
      entries: [anEntry('r1', 2)],
      closes: ['q1', 'q2'],
      messages: [aMessage('r2', 'm1')],
      next: { status: 'suspended' },
    })
    assert.equal((await world.journal.append(commit)).kind, 'conflict')
    assert.equal((await world.index.get('t1', 'r1'))?.sequence, 1)
    assert.equal((await world.index.questions('t1', {}, { limit: 10 })).items.length, 1)
    assert.deepEqual(await world.journal.inbox({ tenant: 't1', run: 'r2' }), [])
    assert.deepEqual(await world.journal.append({ ...commit, closes: ['q1'] }), {
      kind: 'committed',
      status: 'suspended',
    })
  })

  prove('withdrawing questions closes those that are open, and is no conflict for the others', async (world) => {
    await world.start('r1')
    await world.journal.append(aCommit('r1', { asks: [aQuestion('r1', 'q1'), aQuestion('r1', 'q2')] }))
    const outcome = await world.journal.append(aCommit('r1', { withdraws: ['q1', 'q7'] }))
    assert.deepEqual(outcome, { kind: 'committed', status: 'running' })
    const { items } = await world.index.questions('t1', {}, { limit: 10 })
    assert.deepEqual(items, [aQuestion('r1', 'q2')])
    const late = await world.journal.deliver(aMessage('r1', 'm1', { closes: 'q1' }))
    assert.deepEqual(late, { kind: 'not-open' })
  })

  prove('G2: a run that no worker holds is seized for one commit, which raises its epoch', async (world) => {
    await world.start('r1')
    await world.journal.append(aCommit('r1', { next: { status: 'suspended', wakeAt: 9_000 } }))
    const entries = [anEntry('r1', 2, { epoch: 2, kind: 'run-paused' })]
    const seize = aCommit('r1', { epoch: 2, seize: true, entries, next: { status: 'paused' } })
    assert.deepEqual(await world.journal.append(seize), { kind: 'committed', status: 'paused' })
    assert.deepEqual(await world.journal.append(seize), { kind: 'committed', status: 'paused' })
    const record = await world.index.get('t1', 'r1')
    assert.deepEqual([record?.epoch, record?.sequence, record?.wakeAt, record?.worker], [2, 2, undefined, undefined])
  })

  prove('a seizure without a transition leaves the run where it stands', async (world) => {
    await world.submit('r1', { notBefore: world.clock.now() + 50 })
    const entries = [anEntry('r1', 2)]
    assert.deepEqual(await world.journal.append(aCommit('r1', { seize: true, entries })), {
      kind: 'committed',
      status: 'suspended',
    })
    assert.equal((await world.index.get('t1', 'r1'))?.wakeAt, world.clock.now() + 50)
  })

  prove('G2: a seizure conflicts when holder, epoch or head changed', async (world) => {
    await world.start('r1')
    await world.submit('r2')
    const seize = (run: string, epoch: number, first: number) =>
      world.journal.append(aCommit(run, { epoch, seize: true, entries: [anEntry(run, first, { epoch })] }))
    assert.equal((await seize('r1', 2, 2)).kind, 'conflict')
    assert.equal((await seize('r2', 2, 2)).kind, 'conflict')
    assert.equal((await seize('r2', 0, 2)).kind, 'conflict')
    assert.equal((await seize('r2', 1, 3)).kind, 'conflict')
    assert.equal((await world.index.get('t1', 'r2'))?.epoch, 0)
    assert.equal((await seize('r2', 1, 2)).kind, 'committed')
  })
}

function proveTransitions(prove: Prove): void {
  prove('a run that is suspended with undelivered messages is queued at once', async (world) => {
    await world.start('r1')
    await world.journal.deliver(aMessage('r1', 'm1'))
    const outcome = await world.journal.append(aCommit('r1', { next: { status: 'suspended', wakeAt: 9_000 } }))
    assert.deepEqual(outcome, { kind: 'committed', status: 'queued' })
    assert.equal((await world.index.get('t1', 'r1'))?.wakeAt, undefined)
  })

  prove('consumed messages are removed, and let the run sleep', async (world) => {
    await world.start('r1')
    for (const id of ['m1', 'm2']) await world.journal.deliver(aMessage('r1', id))
    const commit = aCommit('r1', { entries: [anEntry('r1', 2)], consumed: ['m1', 'm2'], next: { status: 'suspended' } })
    assert.deepEqual(await world.journal.append(commit), { kind: 'committed', status: 'suspended' })
    assert.deepEqual(await world.journal.inbox({ tenant: 't1', run: 'r1' }), [])
  })

  prove('a paused run stays paused, whatever is undelivered', async (world) => {
    await world.start('r1')
    await world.journal.deliver(aMessage('r1', 'm1'))
    assert.deepEqual(await world.journal.append(aCommit('r1', { next: { status: 'paused' } })), {
      kind: 'committed',
      status: 'paused',
    })
    assert.equal((await world.journal.inbox({ tenant: 't1', run: 'r1' })).length, 1)
  })

  prove('a run that ends keeps its record and journal, and nothing that is open', async (world) => {
    await world.start('r1')
    await world.journal.append(aCommit('r1', { asks: [aQuestion('r1', 'q1')] }))
    await world.journal.deliver(aMessage('r1', 'm1', { kind: 'child' }))
    world.clock.advance(7)
    await world.journal.append(anEnd('r1', { next: { status: 'failed', reason: 'it broke' } }))
    const record = await world.index.get('t1', 'r1')
    assert.deepEqual([record?.status, record?.reason, record?.endedAt], ['failed', 'it broke', world.clock.now()])
    assert.equal(record?.worker, undefined)
    assert.deepEqual((await world.index.questions('t1', {}, { limit: 10 })).items, [])
    assert.deepEqual(await world.journal.inbox({ tenant: 't1', run: 'r1' }), [])
    assert.equal((await world.journal.read('t1', 'r1', 0, 10)).length, 2)
  })

  prove(
    'an end that would leave an event unread changes nothing and says so; one that consumes it is committed',
    async (world) => {
      await world.start('r1')
      await world.journal.deliver(aMessage('r1', 'm1'))
      assert.deepEqual(await world.journal.append(anEnd('r1')), { kind: 'unread' })
      assert.deepEqual([await world.status('r1'), (await world.index.get('t1', 'r1'))?.sequence], ['running', 1])
      assert.deepEqual(await world.journal.append(anEnd('r1', { epoch: 4 })), { kind: 'fenced', epoch: 1 })
      const end = anEnd('r1', { consumed: ['m1'] })
      const committed = { kind: 'committed', status: 'completed' } as const
      assert.deepEqual(await world.journal.append(end), committed)
      assert.deepEqual(await world.journal.append(end), committed)
    },
  )

  prove('a run that is continued hands on what it did not read, but for what was its own', async (world) => {
    await world.start('r1')
    for (const [at, kind] of (['event', 'cancel', 'child', 'pause'] as const).entries())
      await world.journal.deliver(aMessage('r1', `m${at}`, { kind }))
    const next = { status: 'continued', to: 'r2' } as const
    await world.journal.append(anEnd('r1', { next, consumed: ['m3'], submits: [aSubmit('r2')] }))
    const handed = await world.journal.inbox({ tenant: 't1', run: 'r2' })
    assert.deepEqual(
      handed.map(({ id, kind }) => [id, kind]),
      [
        ['m0', 'event'],
        ['m1', 'cancel'],
      ],
    )
    assert.deepEqual(await world.journal.inbox({ tenant: 't1', run: 'r1' }), [])
    assert.deepEqual(await world.journal.deliver(aMessage('r2', 'm0')), { kind: 'duplicate' })
  })

  prove('a dead letter can be seized and queued again', async (world) => {
    await world.start('r1')
    await world.journal.append(anEnd('r1', { next: { status: 'dead', reason: 'three crashes' } }))
    const entries = [anEntry('r1', 3, { epoch: 2, kind: 'run-retried' })]
    const retry = aCommit('r1', { epoch: 2, seize: true, entries, next: { status: 'queued', at: 1 } })
    assert.deepEqual(await world.journal.append(retry), { kind: 'committed', status: 'queued' })
    const record = await world.index.get('t1', 'r1')
    assert.deepEqual([record?.endedAt, record?.reason], [undefined, undefined])
    assert.equal((await world.coordination.claim(aClaim())).runs[0]?.epoch, 3)
  })

  prove('G1: a retried run holds its key until it ends again', async (world) => {
    const key = { key: 'k', inputHash: 'h' }
    await world.start('r1', { key })
    await world.journal.append(anEnd('r1', { next: { status: 'dead' } }))
    const entries = [anEntry('r1', 3, { epoch: 2, kind: 'run-retried' })]
    await world.journal.append(aCommit('r1', { epoch: 2, seize: true, entries, next: { status: 'queued', at: 1 } }))
    world.clock.advance(8 * 24 * 60 * 60 * 1000)
    await world.index.expire({ now: world.clock.now(), limit: 10 })
    assert.equal((await world.journal.submit(aSubmit('r2', { key }))).kind, 'duplicate')
  })
}
