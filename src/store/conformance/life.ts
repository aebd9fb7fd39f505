import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import type { Commit } from '../journal.ts'
import { aCommit, aMessage, anEntry, aSubmit } from './build.ts'
import type { Prove, World } from './world.ts'

type News = ReadonlySet<string> | undefined

/** The life of a store: hints to watchers, pings, and closing. */
export function proveLife(prove: Prove): void {
  prove('watchers hear of the runs that changed here, after the change can be read', async (world) => {
    const heard = nextNews(world.store)
    await world.submit('r1')
    const news = await heard
    assert.ok(news === undefined || news.has('r1'))
    assert.equal(await world.status('r1'), 'queued')
  })

  prove('watchers hear of messages, which change no journal', async (world) => {
    await world.start('r1')
    await settled()
    const heard = nextNews(world.store)
    await world.journal.deliver(aMessage('r1', 'm1'))
    const news = await heard
    assert.ok(news === undefined || news.has('r1'))
  })

  prove('commits of one turn are one piece of news', async (world) => {
    if (world.several) return world.skip('its shards answer one by one')
    await Promise.all(['r1', 'r2'].map((run) => world.start(run)))
    await settled()
    const news: News[] = []
    world.journal.watch((runs) => news.push(runs))
    const commit = (run: string) => world.journal.append(aCommit(run, { entries: [anEntry(run, 2)] }))
    await Promise.all([commit('r1'), commit('r2')])
    await settled()
    assert.equal(news.length, 1)
    assert.ok(news[0] === undefined || (news[0].has('r1') && news[0].has('r2')))
  })

  prove('watchers hear that another process committed something', async (world) => {
    const other = await world.another()
    const heard = nextNews(world.store)
    await other.journal.submit(aSubmit('r1'))
    const news = await heard
    assert.ok(news === undefined || news.has('r1'))
  })

  prove('what others wait for is never quiet: an end, a suspension, a message', async (world) => {
    await Promise.all(['r1', 'r2', 'r3'].map((run) => world.start(run)))
    await settled()
    const loud = new Set<string>()
    world.journal.watch((runs, quiet) => {
      for (const run of runs ?? ['r1', 'r2', 'r3']) if (!quiet.has(run)) loud.add(run)
    })
    const move = (run: string, next: NonNullable<Commit['next']>) =>
      world.journal.append(aCommit(run, { entries: [anEntry(run, 2)], next }))
    await Promise.all([
      move('r1', { status: 'completed' }),
      move('r2', { status: 'suspended' }),
      world.journal.deliver(aMessage('r3', 'm1')),
    ])
    await settled()
    assert.deepEqual([...loud].sort(), ['r1', 'r2', 'r3'])
  })

  prove('who stopped watching hears nothing more', async (world) => {
    const news: News[] = []
    const stop = world.journal.watch((runs) => news.push(runs))
    stop()
    stop()
    await world.submit('r1')
    await settled()
    assert.deepEqual(news, [])
  })

  prove('an open store answers a ping, a closed one refuses everything', async (world) => {
    const other = await world.another()
    await other.ping()
    await other.close()
    await other.close()
    await assert.rejects(other.ping(), { code: 'STORE_UNAVAILABLE' })
    await assert.rejects(other.journal.submit(aSubmit('r1')), { code: 'STORE_UNAVAILABLE' })
    await assert.rejects(other.index.get('t1', 'r1'), { code: 'STORE_UNAVAILABLE' })
    await world.store.ping()
  })

  prove('G1: closing commits what is pending first', async (world) => {
    const other = await world.another()
    const pending = other.journal.submit(aSubmit('r1'))
    await other.close()
    assert.equal((await pending).kind, 'submitted')
    assert.equal(await world.status('r1'), 'queued')
  })
}

function nextNews(store: World['store']): Promise<News> {
  return new Promise((resolve) => {
    const stop = store.journal.watch((runs) => {
      stop()
      resolve(runs)
    })
  })
}

// Two turns of the event loop: whatever is told after a commit has been told by then.
async function settled(): Promise<void> {
  await setImmediate()
  await setImmediate()
}
