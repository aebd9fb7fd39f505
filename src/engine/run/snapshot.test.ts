import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { PolisError } from '../../core/error.ts'
import { type AgentCode, createBed, runOnce, step, terms } from '../fake/test-bed.ts'
import type { Scope } from '../scope.ts'

interface Turns {
  readonly turn: number
  readonly total: number
}

/** Adds up the results of so many steps, one a turn, with a snapshot after each; `begun` hears where each residence begins. */
function loop(turns: number, begun: (from: unknown) => void = () => {}, called: (turn: number) => void = () => {}) {
  const code: AgentCode = async (scope) => {
    begun(scope.resumed)
    let { turn, total } = (scope.resumed ?? { turn: 0, total: 0 }) as Turns
    while (turn < turns) {
      const now = turn
      const work = () => {
        called(now)
        return now
      }
      total += Number(await step(scope, 'work', work, { hash: `turn ${now}` }))
      turn += 1
      await scope.snapshot({ turn, total })
    }
    return total
  }
  return code
}

describe('a snapshot', () => {
  it('is what the next residence begins from, with the names and the order of its lane', async () => {
    const begun: unknown[] = []
    const code: AgentCode = async (scope) => {
      begun.push(scope.resumed)
      if (scope.resumed === undefined) {
        await step(scope, 'work', () => 1)
        await scope.snapshot({ after: 'work' })
      }
      await step(scope, 'work', () => 2)
      return scope.ask('q', { question: '?', schema: {} })
    }
    const bed = createBed({ agents: { agent: code } })
    const process = await bed.open()
    const run = await bed.submit(null)
    await bed.idle()
    process.kill()
    await bed.open()
    await bed.service.answer(bed.caller, run, 'q', 'yes')
    assert.equal((await bed.finish(run)).output, 'yes')
    assert.deepEqual(begun, [undefined, { after: 'work' }])
    const ids = (await bed.entries(run)).flatMap(({ kind, data }) => ('index' in data ? `${kind} ${data.id}` : []))
    assert.deepEqual(ids.slice(0, 3), ['step-completed work', 'snapshot-taken snapshot', 'step-completed work#2'])
    assert.equal((await bed.service.run(bed.caller, run)).snapshot, 3)
  })

  it('loses and repeats nothing, wherever the worker dies (G3, G4, G9)', async () => {
    for (const when of ['before', 'after'] as const) {
      for (let group = 2; group < 18; group++) {
        const called: number[] = []
        const begun: unknown[] = []
        const code = loop(
          6,
          (from) => begun.push(from),
          (turn) => called.push(turn),
        )
        const bed = createBed({ agents: { agent: code } })
        await bed.open({ faults: (at) => (at.when === when && at.group === group ? 'crash' : undefined) })
        const run = await bed.submit(null)
        await bed.idle()
        await bed.open()
        const place = `${when} group ${group}`
        assert.equal((await bed.finish(run)).output, 15, place)
        const kinds = (await bed.kinds(run)).filter((kind) => !kind.startsWith('run-'))
        assert.deepEqual(kinds, Array(6).fill(['step-completed', 'snapshot-taken']).flat(), place)
        // A step whose record was lost is called again; one that is recorded never is.
        assert.ok(called.length <= 7 && new Set(called).size === 6, place)
        const last = begun.at(-1) as Turns | undefined
        assert.ok(called.filter((turn) => turn < (last?.turn ?? 0)).length <= (last?.turn ?? 0), place)
      }
    }
  })

  it('is refused in a branch and while anything is pending, and code that goes on takes the same path again', async () => {
    const messages: string[] = []
    const attempt = async (scope: Scope, state: unknown) => {
      try {
        await scope.snapshot(state)
      } catch (reason) {
        const { code, message } = PolisError.from(reason)
        messages.push(`${code}: ${message}`)
      }
    }
    const code: AgentCode = async (scope) => {
      messages.length = 0
      await scope.branch('a', (lane) => attempt(lane, null))
      const pending = [step(scope, 'slow', () => 1), scope.sleep(5)]
      await attempt(scope, null)
      await Promise.all(pending)
      const branch = scope.branch('b', (lane) => lane.sleep(5))
      await attempt(scope, null)
      await branch
      await attempt(scope, { state: () => 1 })
      await attempt(scope, undefined)
      return scope.ask('q', { question: '?', schema: {} })
    }
    const bed = createBed({ agents: { agent: code } })
    const process = await bed.open()
    const run = await bed.submit(null)
    await bed.pass(20)
    const first = [...messages]
    process.kill()
    await bed.open()
    await bed.service.answer(bed.caller, run, 'q', 'done')
    const view = await bed.finish(run)
    assert.equal(view.reason, undefined)
    assert.deepEqual(messages, first)
    assert.deepEqual(
      first.map((message) => message.slice(0, 61)),
      [
        "INVALID_ARGUMENT: snapshot: only the run's own scope takes on",
        'INVALID_ARGUMENT: snapshot: slow and 1 more of the run is pen',
        'INVALID_ARGUMENT: snapshot: b/sleep and 1 more of the run is ',
        'INVALID_ARGUMENT: Expected the state of a snapshot to be stor',
        'INVALID_ARGUMENT: snapshot: expected a state to go on with, g',
      ],
    )
  })

  it('may follow a lost race and a failed branch at once: they are not pending any more', async () => {
    const code: AgentCode = async (scope) => {
      if (scope.resumed !== undefined) return [scope.resumed, await scope.ask('q', { question: '?', schema: {} })]
      const race = await scope.race([
        ['late', async (lane) => lane.sleep(1e9).finally(async () => lane.value('now.late', () => 1))],
        ['soon', (lane) => lane.sleep(1)],
      ])
      const failed = scope.all([
        ['bad', (lane) => step(lane, 'bad', () => Promise.reject(new Error('no')), { attempts: 1 })],
        // Its cleanup takes a while, and records a value when the snapshot is long taken.
        ['slow', (lane) => lane.sleep(1e9).catch(() => late.then(() => lane.value('now.later', () => 1)))],
      ])
      await failed.catch(() => {})
      await scope.snapshot(race.winner)
      clean()
      return [scope.resumed, await scope.ask('q', { question: '?', schema: {} })]
    }
    let clean = () => {}
    const late = new Promise<void>((resolve) => {
      clean = resolve
    })
    const bed = createBed({ agents: { agent: code } })
    const process = await bed.open()
    const run = await bed.submit(null)
    await bed.pass(10)
    process.kill()
    await bed.open()
    await bed.service.answer(bed.caller, run, 'q', 'yes')
    assert.deepEqual((await bed.finish(run)).output, ['soon', 'yes'])
    const recorded = (await bed.entries(run)).filter(({ kind }) => kind === 'value-recorded')
    assert.equal(recorded.length, 2)
  })

  it('keeps messages that arrived and were not received', async () => {
    const code: AgentCode = async (scope) => {
      if (scope.resumed === undefined) {
        await scope.receive('m', undefined)
        await scope.snapshot('read one')
      }
      await scope.ask('q', { question: '?', schema: {} })
      return [scope.resumed, await scope.receive('m', undefined), await scope.receive('m', undefined)]
    }
    const bed = createBed({ agents: { agent: code } })
    const run = await bed.submit(null)
    for (const data of [1, 2]) await bed.service.send(bed.caller, run, { name: 'm', data })
    const process = await bed.open()
    await bed.pass(200)
    process.kill()
    await bed.service.send(bed.caller, run, { name: 'm', data: 3 })
    await bed.open()
    await bed.service.answer(bed.caller, run, 'q', 'yes')
    assert.deepEqual((await bed.finish(run)).output, ['read one', 2, 3])
  })

  it('is passed over by a retry from before it (G3)', async () => {
    const begun: unknown[] = []
    const { code, mend } = failing(begun, 'early')
    const { bed, run, view } = await runOnce(code)
    assert.equal(view.error?.message, 'early')
    mend()
    await bed.service.retry(bed.caller, run)
    assert.equal((await bed.finish(run)).output, 'early, late')
    assert.deepEqual(begun, [undefined, undefined])
    assert.equal((await bed.service.run(bed.caller, run)).snapshot, 7)
  })

  it('is begun from by a retry from after it', async () => {
    const begun: unknown[] = []
    const { code, mend } = failing(begun, 'late')
    const { bed, run, view } = await runOnce(code)
    assert.equal(view.error?.message, 'late')
    mend()
    await bed.service.retry(bed.caller, run)
    assert.equal((await bed.finish(run)).output, 'early, late')
    assert.deepEqual(begun, [undefined, 'early'])
  })

  it('does not take away what a retry left to be reused (G3)', async () => {
    const called: string[] = []
    let fails = true
    const code: AgentCode = async (scope) => {
      const begun = scope.resumed !== undefined
      if (!begun) {
        const bad = step(scope, 'bad', () => (fails ? Promise.reject(new Error('no')) : 'ok'), { attempts: 1 })
        // Recorded after the failure, and asked for again after the snapshot.
        const cleanup = async () => {
          if (!fails) await scope.snapshot('taken')
          else await scope.emit('failing', null)
          if (!fails) await scope.ask('q', { question: '?', schema: {} })
          else await scope.emit('still', null)
          await step(scope, 'pay', () => called.push('pay'), { effect: 'once' })
        }
        await bad.then(cleanup, async (reason) => cleanup().then(() => Promise.reject(reason)))
        return 'done'
      }
      throw new Error('began from the snapshot')
    }
    const bed = createBed({ agents: { agent: code } })
    const process = await bed.open()
    const run = await bed.submit(null)
    assert.equal((await bed.finish(run)).status, 'failed')
    fails = false
    await bed.service.retry(bed.caller, run)
    await bed.pass(500)
    process.kill()
    await bed.open()
    await bed.service.answer(bed.caller, run, 'q', 'yes')
    assert.equal((await bed.finish(run)).output, 'done')
    assert.deepEqual(called, ['pay'])
  })
})

/** Fails at its early step, whose error it throws after its snapshot, or at its late one, until it is mended. */
function failing(begun: unknown[], where: 'early' | 'late') {
  const broken = new Set([where])
  const work = (scope: Scope, name: 'early' | 'late') =>
    step(scope, name, () => (broken.has(name) ? Promise.reject(new Error(name)) : name), { attempts: 1 })
  const code: AgentCode = async (scope) => {
    begun.push(scope.resumed)
    let early: unknown = scope.resumed
    if (early === undefined) {
      early = await work(scope, 'early').catch((reason) => reason)
      await scope.snapshot(early instanceof Error ? 'failed' : early)
    }
    if (early instanceof Error) throw early
    return `${early}, ${await work(scope, 'late')}`
  }
  return { code, mend: () => broken.clear() }
}

describe('limits and snapshots', () => {
  it('the journal may grow by its limit after each snapshot, and a state over the limit is too much', async () => {
    const text = 'x'.repeat(2_000)
    const grow: AgentCode = async (scope, { every, state }: { every: number; state: string }) => {
      for (let turn = 1; turn <= 30; turn++) {
        await step(scope, 'work', () => text)
        if (turn % every === 0) await scope.snapshot(state)
      }
      return 'done'
    }
    const options = { settings: { maxJournalBytes: 20_000 } }
    assert.equal((await runOnce(grow, { every: 5, state: '' }, options)).view.output, 'done')
    assert.equal((await runOnce(grow, { every: 50, state: '' }, options)).view.error?.code, 'JOURNAL_LIMIT')
    const large = await runOnce(grow, { every: 5, state: 'y'.repeat(30_000) }, options)
    assert.equal(large.view.error?.code, 'JOURNAL_LIMIT')
  })

  it('steps are counted over snapshots and residences, and a snapshot is none', async () => {
    const limits = { agent: { steps: 6 } }
    const bed = createBed({ agents: { agent: loop(7) }, limits })
    const process = await bed.open({
      faults: ({ when, group }) => (when === 'after' && group === 8 ? 'crash' : undefined),
    })
    const run = await bed.submit(null)
    await bed.idle()
    assert.ok(process.dead)
    await bed.open()
    assert.equal((await bed.finish(run)).error?.code, 'JOURNAL_LIMIT')
    assert.equal((await bed.kinds(run)).filter((kind) => kind === 'step-completed').length, 6)
    const enough = await runOnce(loop(6), null, { limits })
    assert.equal(enough.view.output, 15)
  })
})

describe('a full replay', () => {
  it('has snapshots as operations like any other: a fork executes nothing of what is before them again', async () => {
    const begun: unknown[] = []
    const called: number[] = []
    const code = loop(
      4,
      (from) => begun.push(from),
      (turn) => called.push(turn),
    )
    const bed = createBed({ agents: { agent: code } })
    await bed.open()
    const run = await bed.submit(null)
    await bed.finish(run)
    const fork = await bed.service.fork(bed.caller, run, { at: 6 })
    assert.equal((await bed.finish(fork.run)).output, 6)
    assert.deepEqual(begun, [undefined, undefined])
    assert.deepEqual(called, [0, 1, 2, 3, 3])
  })

  it('catches code that takes its snapshots elsewhere (G9)', async () => {
    const bed = createBed({ agents: { agent: loop(3) } })
    const process = await bed.open()
    const run = await bed.submit(null)
    await bed.finish(run)
    process.kill()
    const moved: AgentCode = async (scope) => {
      for (const turn of [0, 1, 2]) await step(scope, 'work', () => turn, { hash: `turn ${turn}` })
    }
    await bed.open({ agents: { agent: moved } })
    const fork = await bed.service.fork(bed.caller, run)
    const { reason } = await bed.finish(fork.run)
    assert.equal(reason, 'Replay expected snapshot snapshot (entry 3) and found step work#2 with input turn 1')
  })

  it('follows a cancel that came before the snapshot of its cleanup', async () => {
    const begun: unknown[] = []
    const code: AgentCode = async (scope) => {
      begun.push(scope.resumed)
      try {
        await scope.sleep(1e9)
      } finally {
        await scope.snapshot('cleaning')
        await scope.step('clean', () => new Promise(() => {}), terms({ effect: 'read' }))
      }
    }
    const bed = createBed({ agents: { agent: code }, settings: { suspendAfter: 1e10 } })
    const process = await bed.open()
    const run = await bed.submit(null)
    await bed.idle()
    await bed.service.cancel(bed.caller, run)
    await bed.idle()
    process.kill()
    assert.ok((await bed.kinds(run)).includes('snapshot-taken'))
    await bed.open()
    assert.equal((await bed.finish(run)).status, 'cancelled')
    assert.deepEqual(begun, [undefined, undefined])
  })
})
