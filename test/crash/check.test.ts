import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DecodedEntry } from '../../src/core/entry.ts'
import type { RunRecord } from '../../src/core/run.ts'
import { check } from './check.ts'
import { checkEffects } from './check-effects.ts'
import type { Asked } from './client.ts'
import type { Collected } from './collect.ts'
import type { EffectLine } from './effect-log.ts'
import type { Placed } from './overtaken.ts'

test('The checker finds a submit that was acknowledged and is not there', () => {
  const { lost } = judge({ asked: [submitted('run_gone')] })
  assert.deepEqual(lost, ['run run_gone of the acknowledged submit chain-1 is not there'])
})

test('The checker finds an answer that was acknowledged and not recorded', () => {
  const call = { kind: 'answer', run: 'run_a', question: 'ask', answer: { ok: 7 } } as const
  const { lost } = judge({ asked: [{ ...submitted('run_a'), call }] })
  assert.deepEqual(lost, ['the acknowledged answer to ask of run_a is not recorded'])
})

test('The checker finds an entry that was published and is gone, or another one now', () => {
  const other = { ...step(2, 'aaaaaaaaaaaaaaaa'), time: 99 }
  const { lost } = judge({ seen: new Map([['run_a', [first(), other, step(4, 'bbbbbbbbbbbbbbbb')]]]) })
  assert.deepEqual(lost, [
    'entry 2 (step-completed) of run_a was published and is not in the journal',
    'entry 4 (step-completed) of run_a was published and is not in the journal',
  ])
})

test('The checker finds a run that does not end, and one that was given up', () => {
  for (const status of ['queued', 'running', 'suspended', 'dead', 'diverged'] as const) {
    const { lost } = judge({ store: storeOf({ status }) })
    assert.deepEqual(lost, [`run run_a of chain is ${status}: `])
  }
})

test('The checker finds holes, repeats and wrong orders, in journals and in streams', () => {
  const entries = [first(), step(3, 'aaaaaaaaaaaaaaaa')]
  assert.equal(judge({ store: storeOf({ sequence: 3 }, entries) }).gaps.length, 2)
  assert.equal(judge({ store: storeOf({ sequence: 2 }, [first(), { ...step(2, 'a'), epoch: 0 }]) }).gaps.length, 1)
  const twice = new Map([['run_a', [first(), first(), step(2, 'aaaaaaaaaaaaaaaa')]]])
  assert.deepEqual(judge({ seen: twice }).gaps, ['the stream of run_a has 1 where 2 was due'])
})

test('The checker finds an effect after the record of its step, whatever the clocks say', () => {
  const lines = [effect('aaaaaaaaaaaaaaaa'), effect('cccccccccccccccc')]
  const { repeated } = checkEffects(lines, storeOf({}), new Set())
  assert.deepEqual(repeated, ['run_a/pay: effect cccccccccccccccc (attempt 1) after its record'])
})

test('The checker tells a call that was overtaken by another process from one that began later', () => {
  const first = { ...effect('aaaaaaaaaaaaaaaa'), at: 0 }
  const late = { ...effect('cccccccccccccccc'), pid: 2, after: 0, at: 100 }
  const overtaken = checkEffects([first, late], storeOf({}), new Set())
  assert.deepEqual([overtaken.repeated, overtaken.unrecorded.overtaken], [[], 1])
  const began = checkEffects([first, { ...late, after: 100, at: 100 }], storeOf({}), new Set())
  assert.deepEqual([began.repeated.length, began.unrecorded.overtaken], [1, 0])
})

test('A call that landed after somebody had looked for it in vain, and before it was made again, was overtaken', () => {
  const late = { ...effect('cccccccccccccccc', 'once'), after: 0, at: 50 }
  const again = { ...effect('aaaaaaaaaaaaaaaa', 'once'), pid: 2, after: 100, at: 150 }
  const counted = (sizes: readonly number[], pid = 2) => {
    const looks = sizes.map((size) => ({ key: late.key, size }))
    return checkEffects([late, { ...again, pid }], storeOf({}), new Set(), looks).unrecorded
  }
  assert.deepEqual([counted([]).once, counted([]).overtaken], [1, 0])
  assert.deepEqual([counted([40]).once, counted([40]).overtaken], [0, 1])
  assert.deepEqual([counted([120]).once, counted([120]).overtaken], [1, 0])
  // The process that had been stopped may be the one that makes it again, under another lease.
  assert.deepEqual([counted([40], late.pid).once, counted([40], late.pid).overtaken], [0, 1])
})

test('The checker finds an effect of an attempt whose failure is recorded, but not that of the next attempt', () => {
  const failed = retrying(2, 'aaaaaaaaaaaaaaaa')
  const store = storeOf({ sequence: 2 }, [first(), failed])
  const again = { ...effect('cccccccccccccccc'), attempt: 2 }
  assert.deepEqual(checkEffects([effect('aaaaaaaaaaaaaaaa'), again], store, new Set()).repeated, [])
  const same = checkEffects([effect('aaaaaaaaaaaaaaaa'), effect('cccccccccccccccc')], store, new Set())
  assert.equal(same.repeated.length, 1)
})

test('The checker counts effects that were not recorded and happened again, by what they were declared to be', () => {
  for (const kind of ['read', 'idempotent', 'once'] as const) {
    const lines = [effect('cccccccccccccccc', kind), effect('aaaaaaaaaaaaaaaa', kind)]
    const none = { read: 0, idempotent: 0, once: 0, told: 0, overtaken: 0 }
    const { repeated, unrecorded } = checkEffects(lines, storeOf({}), new Set())
    assert.deepEqual({ repeated, unrecorded }, { repeated: [], unrecorded: { ...none, [kind]: 1 } })
    const told = checkEffects(lines, storeOf({}), new Set(['run_a'])).unrecorded
    assert.deepEqual(told, kind === 'once' ? { ...none, told: 1 } : { ...none, [kind]: 1 })
  }
})

test('The checker finds a result, a path and a number of runs that differ from the crash-free run', () => {
  const path = ['step-completed pay']
  const name = 'chain {"n":1}'
  const wrongs = (expected: Parameters<typeof check>[0]['expected']) => judge({ expected }).wrong
  const right = wrongs(new Map([[name, { output: 'step-completed', path }]])).length
  assert.equal(wrongs(new Map([[name, { output: 'other', path }]])).length, right + 1)
  assert.equal(wrongs(new Map([[name, { output: 'step-completed', path: [] }]])).length, right + 1)
  assert.equal(wrongs(new Map()).length, right + 1)
})

function judge(parts: Partial<Parameters<typeof check>[0]>) {
  return check({
    asked: [],
    seen: new Map(),
    looks: [],
    effects: [],
    calls: [],
    store: storeOf({}),
    expected: new Map(),
    ...parts,
  })
}

function storeOf(record: Partial<RunRecord>, entries = [first(), step(2, 'aaaaaaaaaaaaaaaa')]): Collected {
  const run: RunRecord = {
    ...{ tenant: 'crash', run: 'run_a', agent: 'chain', release: 'r1', status: 'completed', priority: 0, tags: {} },
    ...{ epoch: 1, sequence: 2, bytes: 0, crashes: 0, createdAt: 0, updatedAt: 0, ...record },
  }
  return { runs: [{ record: run, entries }], questions: [], costs: new Map(), budgets: [] }
}

function submitted(run: string): Asked {
  const call = { kind: 'submit', agent: 'chain', n: 1, key: 'chain-1' } as const
  return { id: 0, call, to: undefined, refusal: undefined, acknowledged: true, run }
}

function header(sequence: number) {
  return { version: 1, tenant: 'crash', run: 'run_a', sequence, epoch: 1, time: 0, release: 'r1' }
}

function first(): DecodedEntry {
  return { ...header(1), kind: 'run-submitted', data: { agent: 'chain', input: { n: 1 }, tags: {}, priority: 0 } }
}

function step(sequence: number, nonce: string): DecodedEntry {
  const data = { id: 'pay', index: 0, attempt: 1, ms: 0, output: { value: 'pay', nonce } }
  return { ...header(sequence), kind: 'step-completed', data }
}

function retrying(sequence: number, nonce: string): DecodedEntry {
  const error = { code: 'STEP_FAILED', message: `planned failure ${nonce}` }
  return { ...header(sequence), kind: 'step-retrying', data: { id: 'pay', index: 0, attempt: 1, error, at: 0 } }
}

function effect(nonce: string, kind: EffectLine['effect'] = 'once'): Placed<EffectLine> {
  return { key: 'run_a/pay', effect: kind, attempt: 1, pid: 1, after: 0, at: 0, time: 0, nonce, value: 'pay' }
}
