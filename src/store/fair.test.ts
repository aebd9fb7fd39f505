import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Candidate, pickFair, type Running } from './fair.ts'

interface Named extends Candidate {
  readonly name: string
}

const NO_LIMITS = { perAgent: {} }

describe('picking queued runs', () => {
  it('takes nothing from an empty queue, and nothing without slots', () => {
    assert.deepEqual(pickFair([], [], NO_LIMITS, 5), [])
    assert.deepEqual(names(pickFair([run('a')], [], NO_LIMITS, 0)), [])
  })

  it('takes the higher priority first, then the longer wait, then the order given', () => {
    const queue = [
      run('a', { queuedAt: 2 }),
      run('b', { queuedAt: 1 }),
      run('c', { priority: 1 }),
      run('d', { queuedAt: 2 }),
    ]
    assert.deepEqual(names(pickFair(queue, [], NO_LIMITS, 9)), ['c', 'b', 'a', 'd'])
  })

  it('lets tenants take turns, those with the fewest running first', () => {
    const queue = [...many('x', 3), ...many('y', 3), ...many('z', 1)]
    const running = [held('x'), held('x'), held('y')]
    assert.deepEqual(names(pickFair(queue, running, NO_LIMITS, 5)), ['z0', 'y0', 'x0', 'y1', 'x1'])
  })

  it('passes no limit of a tenant, counting what runs already', () => {
    const picked = pickFair([...many('x', 3), ...many('y', 3)], [held('x')], { perAgent: {}, perTenant: 2 }, 9)
    assert.deepEqual(names(picked), ['y0', 'x0', 'y1'])
  })

  it('passes no limit of an agent, over all tenants, and lets other agents pass', () => {
    const queue = [run('a'), run('b', { tenant: 'y' }), run('c'), run('d', { agent: 'other' })]
    assert.deepEqual(names(pickFair(queue, [], { perAgent: { writer: 1 } }, 9)), ['a', 'd'])
  })

  it('takes an agent named like a property of all objects for what it is', () => {
    assert.deepEqual(names(pickFair([run('a', { agent: 'constructor' })], [], NO_LIMITS, 9)), ['a'])
  })

  it('leaves the lists it was given as they were', () => {
    const queue = Object.freeze([run('a'), run('b', { priority: 1 })])
    pickFair(queue, Object.freeze([]), NO_LIMITS, 9)
    assert.deepEqual(names(queue), ['a', 'b'])
  })
})

function run(name: string, parts: Partial<Candidate> = {}): Named {
  return { name, tenant: 'x', agent: 'writer', priority: 0, queuedAt: 1, ...parts }
}

function many(tenant: string, count: number): readonly Named[] {
  return Array.from({ length: count }, (_, index) => run(`${tenant}${index}`, { tenant, queuedAt: index }))
}

function held(tenant: string): Running {
  return { tenant, agent: 'other' }
}

function names(runs: readonly Named[]): readonly string[] {
  return runs.map(({ name }) => name)
}
