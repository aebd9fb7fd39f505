import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { Worker } from 'node:worker_threads'
import { systemClock } from '../../src/core/clock.ts'
import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import { silentLog } from '../../src/telemetry/log.ts'

const folder = mkdtempSync(join(tmpdir(), 'polis-sqlite-death-'))
after(() => rmSync(folder, { recursive: true }))

// Without what makes a child of a test runner report as a test.
const { NODE_TEST_CONTEXT: _, ...env } = process.env
const doomed = join(import.meta.dirname, 'fixture/doomed.ts')
const LIMIT = { timeout: 30_000 }

function open(name: string) {
  const path = join(folder, name)
  return openSqliteStore({ path, durability: 'process', clock: systemClock(), log: silentLog })
}

function start(name: string, mode: string, worker: string): ChildProcess {
  return fork(doomed, [join(folder, name), mode, worker], { stdio: 'inherit', execArgv: [], env })
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

describe('the death of a process on a shared file', () => {
  it('G6: is noticed at once, its runs are queued and a crash is counted', LIMIT, async () => {
    const child = start('noticed.db', 'hold', 'w1')
    assert.equal((await once(child, 'message'))[0], 'holding')
    await using store = await open('noticed.db')
    assert.equal(await store.coordination.reap(), 0)
    await kill(child)
    const asked = performance.now()
    assert.equal(await store.coordination.reap(), 1)
    assert.ok(performance.now() - asked < 1000)
    const record = await store.index.get('t1', 'held by w1')
    assert.deepEqual([record?.status, record?.crashes], ['queued', 1])
    assert.deepEqual(await store.coordination.workers(), [])
  })

  it('G6: the end of a thread is noticed as well, while other threads of the process live', LIMIT, async () => {
    const argv = (worker: string) => [join(folder, 'thread.db'), 'hold', worker]
    const [one, two] = [
      new Worker(doomed, { argv: argv('t1'), execArgv: [] }),
      new Worker(doomed, { argv: argv('t2'), execArgv: [] }),
    ]
    await Promise.all([once(one, 'message'), once(two, 'message')])
    await using store = await open('thread.db')
    assert.equal(await store.coordination.reap(), 0)
    await one.terminate()
    assert.equal(await store.coordination.reap(), 1)
    assert.deepEqual(
      (await store.coordination.workers()).map(({ worker }) => worker),
      ['t2'],
    )
    await two.terminate()
    assert.equal(await store.coordination.reap(), 1)
  })

  it(
    'G1: a process killed in the middle of a group leaves what it acknowledged, and nothing of the group',
    LIMIT,
    async () => {
      const child = start('group.db', 'group', 'w1')
      const [[, signal]] = await Promise.all([once(child, 'exit'), once(child, 'message')])
      assert.equal(signal, 'SIGKILL')
      await using store = await open('group.db')
      assert.equal((await store.index.get('t1', 'before'))?.status, 'queued')
      assert.equal(await store.index.get('t1', 'inside'), undefined)
    },
  )

  it(
    'G1, G4: two processes that write against each other and are killed lose nothing and leave no half commit',
    LIMIT,
    async () => {
      const children = ['a', 'b'].map((worker) => start('flood.db', 'flood', worker))
      const acknowledged: string[] = []
      const enough = children.map(
        (child) =>
          new Promise<void>((resolve) => {
            let count = 0
            child.on('message', (run) => {
              acknowledged.push(String(run))
              if (++count === 200) resolve()
            })
          }),
      )
      await Promise.all(enough)
      await Promise.all(children.map(kill))
      await using store = await open('flood.db')
      for (const run of acknowledged) {
        const record = await store.index.get('t1', run)
        const entries = await store.journal.read('t1', run, 0, 10)
        assert.deepEqual([record?.sequence, entries.map(({ sequence }) => sequence)], [3, [1, 2, 3]])
      }
      const { items } = await store.index.list('t1', {}, { limit: 100_000 })
      assert.ok(items.every(({ sequence }) => sequence === 1 || sequence === 3))
      assert.equal(await store.coordination.reap(), items.length)
    },
  )
})
