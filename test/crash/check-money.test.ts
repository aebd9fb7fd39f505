import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CostRow } from '../../src/core/budget.ts'
import type { DecodedEntry } from '../../src/core/entry.ts'
import { NO_USAGE } from '../../src/core/usage.ts'
import type { CallLine } from './call-log.ts'
import { checkMoney } from './check-money.ts'
import type { Collected } from './collect.ts'
import type { Placed } from './overtaken.ts'

test('The checker finds a call that is booked at another price, twice, or not at all', () => {
  assert.deepEqual(faultsOf([call('aa', 5)], cost(1, 5)), [])
  assert.equal(faultsOf([call('aa', 5)], cost(1, 4)).length, 1)
  assert.equal(faultsOf([call('aa', 5)], cost(2, 10)).length, 1)
  assert.equal(faultsOf([call('aa', 5)], cost(0, 0)).length, 1)
})

test('The checker wants an assumed charge of at least as much for each answer that was lost', () => {
  const calls = [call('bb', 7), call('aa', 5)]
  assert.deepEqual(faultsOf(calls, cost(2, 14, { calls: 1, nanos: 9 })), [])
  assert.equal(faultsOf(calls, cost(2, 10, { calls: 1, nanos: 5 })).length, 1)
  assert.equal(faultsOf(calls, cost(1, 5)).length, 1)
  assert.deepEqual(faultsOf([call('aa', 5), { ...call('', 0), refused: true }], cost(1, 5)), [])
})

test('The checker finds a model that was called after its answer was recorded', () => {
  const { repeated } = checkMoney([call('aa', 5), call('bb', 5)], storeOf(cost(2, 10, { calls: 1, nanos: 5 })))
  assert.deepEqual(repeated, ['run_a/model: model called (bb) after its record'])
})

test('The checker finds a budget that is over its limit, and a reservation that nobody freed', () => {
  const budget = { tenant: 'crash', key: 'run/run_a', limits: { tokens: 10 }, createdAt: 0, updatedAt: 0 }
  const none = { tokens: 0, nanos: 0 }
  const faults = (settled: number, reserved: number, raised: number) => {
    const sums = { settled: { tokens: settled, nanos: 0 }, reserved: { tokens: reserved, nanos: 0 } }
    const budgets = [{ ...budget, ...sums, raised: { ...none, tokens: raised } }]
    return checkMoney([], { ...storeOf(undefined), budgets }).money
  }
  assert.deepEqual(faults(10, 0, 0), [])
  assert.deepEqual(faults(12, 0, 2), [])
  assert.equal(faults(11, 0, 0).length, 1)
  assert.equal(faults(5, 1, 0).length, 1)
})

function faultsOf(calls: readonly Placed<CallLine>[], row: CostRow) {
  return checkMoney(calls, storeOf(row)).money
}

function call(nonce: string, nanos: number): Placed<CallLine> {
  return { key: 'run_a/model', pid: 1, after: 0, at: 0, nonce, tokens: 1, nanos }
}

function cost(calls: number, nanos: number, assumed = { calls: 0, nanos: 0 }): CostRow {
  return { calls, nanos, unpriced: 0, usage: NO_USAGE, assumed: { ...assumed, tokens: 0 } }
}

/** A run whose journal has the answer `aa`. */
function storeOf(row: CostRow | undefined): Collected {
  const record = {
    ...{ tenant: 'crash', run: 'run_a', agent: 'spender', release: 'r1', status: 'completed' as const, priority: 0 },
    ...{ tags: {}, epoch: 1, sequence: 1, bytes: 0, crashes: 0, createdAt: 0, updatedAt: 0 },
  }
  const entry: DecodedEntry = {
    ...{ version: 1, tenant: 'crash', run: 'run_a', sequence: 1, epoch: 1, time: 0, release: 'r1' },
    kind: 'step-completed',
    data: { id: 'model', index: 0, attempt: 1, ms: 0, output: { answeredBy: 'aa' } },
  }
  const costs = new Map(row === undefined ? [] : [['run_a', row] as const])
  return { runs: [{ record, entries: [entry] }], questions: [], costs, budgets: [] }
}
