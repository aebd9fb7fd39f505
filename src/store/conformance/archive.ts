import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Archive, RunContent } from '../archive.ts'
import { NO_COST } from '../cost.ts'
import type { RunFilter } from '../index-port.ts'
import { aRun, contentOf, gather, hashOf, keep } from './archive-build.ts'
import { anEntry, bytes, someEntries } from './build.ts'

/** What an adapter gives the suite for one test: an empty archive, and the same data as another process has it. */
export interface OpenedArchive {
  readonly archive: Archive
  reopen(): Promise<Archive>
}

type ProveArchive = (title: string, body: (opened: OpenedArchive) => Promise<void>) => void

/** The one suite that every adapter of the archive passes, whole. Titles cite the guarantees of the port. */
export function runArchiveConformance(name: string, open: () => Promise<OpenedArchive>): void {
  const prove: ProveArchive = (title, body) => {
    it(title, { timeout: 20_000 }, async () => {
      const opened = await open()
      const others: Archive[] = []
      const reopen = async () => {
        const other = await opened.reopen()
        others.push(other)
        return other
      }
      try {
        await body({ archive: opened.archive, reopen })
      } finally {
        for (const archive of [...others, opened.archive]) await archive.close()
      }
    })
  }
  describe(`the archive ${name}`, () => {
    describe('keeps runs', () => proveKeeping(prove))
    describe('keeps one copy', () => proveCopies(prove))
    describe('lists', () => proveLists(prove))
    describe('knows families and sessions', () => proveFamilies(prove))
    describe('removes', () => proveRemovals(prove))
  })
}

function proveKeeping(prove: ProveArchive): void {
  prove('a run is read as it was put, from another process too', async ({ archive, reopen }) => {
    const blob = bytes('a file')
    const hash = hashOf(blob)
    const entries = [
      anEntry('r1', 1, { kind: 'run-submitted', epoch: 0 }),
      anEntry('r1', 2, { payload: new Uint8Array(), blob: hash }),
    ]
    const run = aRun('r1', {
      blobs: [hash],
      entries,
      record: { tags: { team: 'blue\0', größe: '🌍' }, reason: 'why\0not' },
    })
    assert.equal(await archive.put(run, contentOf(entries, [blob])), 'kept')
    const other = await reopen()
    assert.deepEqual(await other.get('t1', 'r1'), { ...run.record, archivedAt: run.archivedAt })
    assert.deepEqual(await other.read('t1', 'r1', 0, 10), entries)
    const head = await other.blob.head('t1', hash)
    assert.deepEqual(head, { hash, size: blob.byteLength, createdAt: 7, name: 'a.txt', mediaType: 'text/plain' })
    assert.deepEqual(await gather(await other.blob.read('t1', hash)), blob)
  })

  prove('entries are read in pages, after a sequence', async ({ archive }) => {
    const entries = someEntries('r1', 1, 450)
    await archive.put(aRun('r1', { entries }), contentOf(entries))
    const sequences = async (after: number, limit: number) =>
      (await archive.read('t1', 'r1', after, limit)).map(({ sequence }) => sequence)
    assert.deepEqual(await sequences(0, 3), [1, 2, 3])
    assert.deepEqual(await sequences(448, 10), [449, 450])
    assert.deepEqual(await sequences(450, 10), [])
    assert.deepEqual(await sequences(-5, 1), [1])
  })

  prove('bytes of every kind come back, and blobs of several chunks', async ({ archive }) => {
    const every = Uint8Array.from({ length: 256 }, (_, index) => index)
    const large = Uint8Array.from({ length: 2_500_000 }, (_, index) => index % 253)
    const entries = [anEntry('r1', 1, { payload: every }), anEntry('r1', 2, { payload: new Uint8Array() })]
    const blobs = [hashOf(large), hashOf(new Uint8Array())]
    await archive.put(aRun('r1', { entries, blobs }), contentOf(entries, [large, new Uint8Array()]))
    assert.deepEqual(await archive.read('t1', 'r1', 0, 10), entries)
    const chunks = await Array.fromAsync((await archive.blob.read('t1', hashOf(large))) ?? [])
    assert.ok(chunks.every(({ byteLength }) => byteLength <= 1024 * 1024))
    assert.deepEqual(new Uint8Array(Buffer.concat(chunks)), large)
    assert.deepEqual(await gather(await archive.blob.read('t1', hashOf(new Uint8Array()))), new Uint8Array())
  })

  prove('what is not there is not there, and one tenant knows nothing of another', async ({ archive }) => {
    const blob = bytes('secret')
    await keep(archive, 'r1', { blobs: [hashOf(blob)] }, [blob])
    for (const [tenant, run] of [
      ['t2', 'r1'],
      ['t1', 'r2'],
    ] as const) {
      assert.equal(await archive.get(tenant, run), undefined)
      assert.deepEqual(await archive.read(tenant, run, 0, 10), [])
      assert.equal(await archive.remove(tenant, run), false)
    }
    assert.equal(await archive.blob.head('t2', hashOf(blob)), undefined)
    assert.equal(await archive.blob.read('t2', hashOf(blob)), undefined)
    assert.deepEqual((await archive.list('t2', {}, { limit: 10 })).items, [])
  })

  prove('guarantee 1: a copy that broke off is not there, and leaves nothing', async ({ archive }) => {
    const blob = bytes('half')
    const entries = someEntries('r1', 1, 3)
    const content = contentOf(entries, [blob])
    const run = aRun('r1', { entries, blobs: [hashOf(blob), hashOf(bytes('another'))], sessions: ['s1'] })
    await assert.rejects(archive.put(run, content), /no such blob/)
    assert.equal(await archive.get('t1', 'r1'), undefined)
    assert.deepEqual(await archive.read('t1', 'r1', 0, 10), [])
    assert.deepEqual((await archive.list('t1', {}, { limit: 10 })).items, [])
    assert.deepEqual((await archive.sessions('inc-1', { limit: 10 })).items, [])
    assert.equal(await archive.blob.head('t1', hashOf(blob)), undefined)
  })

  prove('guarantee 1: nothing is read of a run while it is copied', async ({ archive, reopen }) => {
    const other = await reopen()
    const entries = someEntries('r1', 1, 3)
    const seen: unknown[] = []
    const content: RunContent = {
      ...contentOf(entries),
      async *entries() {
        for (const entry of entries) {
          yield [entry]
          seen.push(await other.get('t1', 'r1'), ...(await other.read('t1', 'r1', 0, 10)))
        }
      },
    }
    await archive.put(aRun('r1', { entries }), content)
    assert.deepEqual(seen, [undefined, undefined, undefined])
    assert.equal((await other.read('t1', 'r1', 0, 10)).length, 3)
  })

  prove('a run with fewer entries than its record says is CONFLICT', async ({ archive }) => {
    const entries = someEntries('r1', 1, 3)
    await assert.rejects(archive.put(aRun('r1', { entries }), contentOf(entries.slice(0, 2))), { code: 'CONFLICT' })
    assert.equal(await archive.get('t1', 'r1'), undefined)
  })

  prove('usage counts runs, entries, blobs and their bytes', async ({ archive }) => {
    const blob = bytes('twelve bytes')
    await keep(archive, 'r1', { blobs: [hashOf(blob)] }, [blob])
    await keep(archive, 'r2', { blobs: [hashOf(blob)] }, [blob])
    const { disk, ...usage } = await archive.usage()
    const journalBytes = 2 * anEntry('r1', 1).payload.byteLength
    assert.deepEqual(usage, { runs: 2, entries: 2, journalBytes, blobs: 1, blobBytes: 12 })
    assert.ok(disk > 0)
  })
}

function proveCopies(prove: ProveArchive): void {
  prove('guarantee 2: a run that is there stays, and its content is not asked for again', async ({ archive }) => {
    const run = await keep(archive, 'r1')
    const content: RunContent = { entries: () => assert.fail('asked for'), blob: () => assert.fail('asked for') }
    assert.equal(await archive.put({ ...run, archivedAt: 99 }, content), 'there')
    assert.equal((await archive.get('t1', 'r1'))?.archivedAt, run.archivedAt)
  })

  prove('guarantee 2: a later state of a run takes the place of an earlier one', async ({ archive }) => {
    const blob = bytes('old')
    await keep(archive, 'r1', { blobs: [hashOf(blob)] }, [blob])
    const later = someEntries('r1', 1, 4)
    assert.equal(await archive.put(aRun('r1', { entries: later }), contentOf(later)), 'kept')
    assert.deepEqual(await archive.read('t1', 'r1', 0, 10), later)
    assert.equal(await archive.blob.head('t1', hashOf(blob)), undefined)
    assert.equal(await archive.put(aRun('r1'), contentOf([])), 'there', 'an earlier state does not come back')
    const again = aRun('r1', { record: { createdAt: 5_000 } })
    assert.equal(await archive.put(again, contentOf([anEntry('r1', 1)])), 'kept', 'a younger run of that name does')
  })

  prove('guarantee 3: of two that copy one run at once the later goes on', async ({ archive, reopen }) => {
    const other = await reopen()
    const entries = someEntries('r1', 1, 3)
    const run = aRun('r1', { entries })
    const content: RunContent = {
      ...contentOf(entries),
      async *entries() {
        yield entries.slice(0, 1)
        assert.equal(await other.put({ ...run, archivedAt: 99 }, contentOf(entries)), 'kept')
        yield entries.slice(1)
      },
    }
    await assert.rejects(archive.put(run, content), { code: 'CONFLICT' })
    assert.equal((await archive.get('t1', 'r1'))?.archivedAt, 99)
    assert.deepEqual(await archive.read('t1', 'r1', 0, 10), entries)
  })

  prove('a run that is removed while it is copied is not there afterwards', async ({ archive, reopen }) => {
    const other = await reopen()
    const entries = someEntries('r1', 1, 2)
    const content: RunContent = {
      ...contentOf(entries),
      async *entries() {
        yield entries.slice(0, 1)
        await other.remove('t1', 'r1')
        yield entries.slice(1)
      },
    }
    await assert.rejects(archive.put(aRun('r1', { entries }), content), { code: 'CONFLICT' })
    assert.equal(await archive.get('t1', 'r1'), undefined)
  })

  prove(
    'guarantee 4: a blob stays as long as a run refers to it, also one that comes while another goes',
    async ({ archive, reopen }) => {
      const other = await reopen()
      const blob = bytes('shared')
      const options = { blobs: [hashOf(blob)] }
      await keep(archive, 'old', options, [blob])
      for (let round = 0; round < 10; round++) {
        const [old, next] = round % 2 === 0 ? ['old', 'new'] : ['new', 'old']
        await Promise.all([archive.remove('t1', old), keep(other, next, options, [blob])])
        assert.deepEqual(await gather(await archive.blob.read('t1', hashOf(blob))), blob)
      }
      for (const run of ['old', 'new']) await archive.remove('t1', run)
      assert.equal(await archive.blob.head('t1', hashOf(blob)), undefined)
    },
  )
}

function proveLists(prove: ProveArchive): void {
  prove('runs are listed newest first, and by id where they are equally old, in pages', async ({ archive }) => {
    for (const [run, createdAt] of [
      ['b', 1],
      ['a', 1],
      ['c', 3],
      ['d', 2],
    ] as const) {
      await keep(archive, run, { record: { createdAt } })
    }
    const first = await archive.list('t1', {}, { limit: 3 })
    assert.deepEqual(
      first.items.map(({ run }) => run),
      ['c', 'd', 'b'],
    )
    assert.ok(first.items.every(({ archivedAt }) => archivedAt !== undefined))
    const rest = await archive.list(
      't1',
      {},
      { limit: 3, ...(first.cursor === undefined ? {} : { cursor: first.cursor }) },
    )
    assert.deepEqual([rest.items.map(({ run }) => run), rest.cursor], [['a'], undefined])
    await assert.rejects(archive.list('t1', {}, { limit: 3, cursor: 'nonsense' }), { code: 'INVALID_ARGUMENT' })
  })

  prove('every filter narrows the list, and all of them together', async ({ archive }) => {
    await keep(archive, 'a', { record: { session: 's1', tags: { team: 'blue', tier: '1' }, createdAt: 10 } })
    await keep(archive, 'b', { record: { agent: 'reader', tags: { team: 'blue' }, createdAt: 20, status: 'failed' } })
    await keep(archive, 'c', { record: { release: 'rel-2', parent: { run: 'a', step: 'x' }, createdAt: 30 } })
    const found = async (filter: RunFilter) =>
      (await archive.list('t1', filter, { limit: 10 })).items.map(({ run }) => run).join('')
    assert.equal(await found({}), 'cba')
    assert.equal(await found({ agent: 'reader' }), 'b')
    assert.equal(await found({ status: ['failed'] }), 'b')
    assert.equal(await found({ status: ['failed', 'completed'] }), 'cba')
    assert.equal(await found({ status: [] }), '')
    assert.equal(await found({ session: 's1' }), 'a')
    assert.equal(await found({ parent: 'a' }), 'c')
    assert.equal(await found({ release: 'rel-2' }), 'c')
    assert.equal(await found({ tags: { team: 'blue' } }), 'ba')
    assert.equal(await found({ tags: { team: 'blue', tier: '1' } }), 'a')
    assert.equal(await found({ createdFrom: 20 }), 'cb')
    assert.equal(await found({ createdTo: 20 }), 'a')
    assert.equal(await found({ agent: 'writer', status: ['completed'], createdFrom: 11, release: 'rel-2' }), 'c')
  })
}

function proveFamilies(prove: ProveArchive): void {
  prove('a run costs what it and those below it cost', async ({ archive }) => {
    const cost = (nanos: number) => ({ ...NO_COST, calls: 1, nanos })
    await keep(archive, 'top', { cost: cost(1) })
    await keep(archive, 'child', { cost: cost(10), above: ['top'] })
    await keep(archive, 'grandchild', { cost: cost(100), above: ['child', 'top'] })
    await keep(archive, 'other', { cost: cost(1000), above: ['elsewhere'] })
    const nanos = async (run: string) => (await archive.cost('t1', run)).nanos
    assert.deepEqual(
      await Promise.all(['top', 'child', 'grandchild', 'elsewhere', 'none'].map(nanos)),
      [111, 110, 100, 1000, 0],
    )
    assert.equal((await archive.cost('t2', 'top')).calls, 0)
  })

  prove(
    'the turns of a session come in order, from a place on, and not those of one that had its name',
    async ({ archive }) => {
      const turns = [
        { place: 1, run: 'a', after: 0, until: 1 },
        { place: 3, run: 'a', after: 1, until: 4 },
      ]
      await keep(archive, 'a', { sessions: ['s1'], turns })
      await keep(archive, 'b', { sessions: ['s1'], turns: [{ place: 2, run: 'b', after: 0, until: 2 }] })
      const session = { tenant: 't1', session: 's1', createdAt: 50 }
      const places = async (from: number, limit: number) =>
        (await archive.turns(session, from, limit)).map(({ place, run }) => `${place}${run}`)
      assert.deepEqual(await places(0, 10), ['1a', '2b', '3a'])
      assert.deepEqual(await places(2, 1), ['2b'])
      assert.deepEqual((await archive.turns(session, 3, 10))[0], turns[1])
      assert.deepEqual(await archive.turns({ ...session, createdAt: 51 }, 0, 10), [])
    },
  )

  prove(
    'sessions that have runs are listed once, in pages; those of which nobody knows when they began are not',
    async ({ archive }) => {
      for (const [run, session] of [
        ['a', 's1'],
        ['b', 's1'],
        ['c', 's2'],
        ['d', 's3'],
      ] as const) {
        await keep(archive, run, { sessions: [session] })
      }
      await keep(archive, 'e', { sessionRefs: [{ tenant: 't1', session: 's0', createdAt: 0 }] })
      await keep(archive, 'f', { sessions: ['s4'], store: 'inc-2' })
      const first = await archive.sessions('inc-1', { limit: 2 })
      const rest = await archive.sessions('inc-1', {
        limit: 2,
        ...(first.cursor === undefined ? {} : { cursor: first.cursor }),
      })
      const all = [...first.items, ...rest.items].map(({ session, createdAt }) => `${session} ${createdAt}`)
      assert.deepEqual([all, rest.cursor], [['s1 50', 's2 50', 's3 50'], undefined])
    },
  )
}

function proveRemovals(prove: ProveArchive): void {
  prove('a removed run is gone, and one that comes under its id has no past', async ({ archive }) => {
    await keep(archive, 'r1', { record: { tags: { team: 'blue' } }, above: ['top'], sessions: ['s1'] })
    assert.equal(await archive.remove('t1', 'r1'), true)
    assert.equal(await archive.remove('t1', 'r1'), false)
    assert.equal(await archive.get('t1', 'r1'), undefined)
    assert.deepEqual(await archive.read('t1', 'r1', 0, 10), [])
    await keep(archive, 'r1')
    assert.equal((await archive.read('t1', 'r1', 0, 10)).length, 1)
    assert.deepEqual((await archive.list('t1', { tags: { team: 'blue' } }, { limit: 10 })).items, [])
  })

  prove('a session goes with its runs and those below them, so many at once', async ({ archive }) => {
    await keep(archive, 'a', { sessions: ['s1'] })
    await keep(archive, 'child', { sessions: ['s1'], above: ['a'] })
    await keep(archive, 'b', { sessions: ['s2', 's1'] })
    await keep(archive, 'later', { sessionRefs: [{ tenant: 't1', session: 's1', createdAt: 60 }] })
    await keep(archive, 'other', { sessions: ['s2'] })
    assert.equal(await archive.removeSession({ tenant: 't1', session: 's1', createdAt: 50 }, 2), 2)
    assert.equal(await archive.removeSession({ tenant: 't1', session: 's1', createdAt: 50 }, 2), 1)
    assert.equal(await archive.removeSession({ tenant: 't1', session: 's1', createdAt: 50 }, 2), 0)
    assert.equal(await archive.removeSession({ tenant: 't1', session: 's1' }, 2), 1)
    assert.deepEqual(
      (await archive.list('t1', {}, { limit: 10 })).items.map(({ run }) => run),
      ['other'],
    )
  })

  prove(
    'expire removes runs that ended before its time, the oldest end first, so many at once',
    async ({ archive }) => {
      for (const [run, endedAt] of [
        ['a', 30],
        ['b', 10],
        ['c', 20],
        ['d', 40],
      ] as const) {
        await keep(archive, run, { record: { endedAt } })
      }
      assert.equal(await archive.expire(40, 2), 2)
      assert.deepEqual(
        (await archive.list('t1', {}, { limit: 10 })).items.map(({ run }) => run),
        ['d', 'a'],
      )
      assert.equal(await archive.expire(40, 10), 1)
      assert.equal(await archive.expire(40, 10), 0)
    },
  )
}
