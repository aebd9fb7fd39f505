import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compare } from './compare.ts'
import { planOf, resultOf, trialOf } from './fake/result.ts'
import { summarise, weigh } from './summarise.ts'

test('Cases keep the order of the plan, trials their own, whenever they ended', () => {
  const trials = [trialOf('b', 1, 2), trialOf('a', 0, 1), trialOf('b', 0, 1), trialOf('a', 1, 2)]
  const { cases, mean, passed } = summarise(planOf(['a', 'b'], { trials: 2 }), trials)
  assert.deepEqual(
    cases.map(({ key, trials }) => [key, trials.map(({ score }) => score)]),
    [
      ['a', [0, 1]],
      ['b', [0, 1]],
    ],
  )
  assert.equal(mean, 0.5)
  assert.equal(passed, 2)
})

test('The spread of an eval is that of running all of it again, not of its cases', () => {
  const once = summarise(planOf(['a', 'b']), [trialOf('a', 0), trialOf('b', 1)])
  assert.equal(once.spread, undefined)
  const trials = [trialOf('a', 0, 1), trialOf('b', 1, 1), trialOf('a', 0, 2), trialOf('b', 1, 2)]
  assert.equal(summarise(planOf(['a', 'b'], { trials: 2 }), trials).spread, 0)
})

test('Weights count, and a scorer that failed counts neither way', () => {
  const scorers = [
    { name: 'big', weight: 3 },
    { name: 'small', weight: 1 },
    { name: 'seen', weight: 0 },
  ]
  const big = { scorer: 'big', score: 1 }
  assert.equal(weigh([big, { scorer: 'small', score: 0 }, { scorer: 'seen', score: 0 }], scorers), 0.75)
  assert.equal(weigh([big, { scorer: 'small', error: 'x' }], scorers), 1)
  assert.equal(weigh([{ scorer: 'big', error: 'x' }], scorers), undefined)
})

test('An eval whose scorer failed does not pass, whatever the others say', () => {
  const { verdict, scorers } = summarise(planOf(['a', 'b']), [trialOf('a', 1), trialOf('b', undefined)])
  assert.deepEqual(verdict, { passed: false, failures: ['scorer right failed on 1 of 2 runs'] })
  assert.equal(scorers[0]?.failed, 1)
})

test('Thresholds are missed by the mean, by a scorer, or by a baseline that is not there, and each says so', () => {
  const threshold = { mean: 0.9, scorers: { right: 0.8 } }
  const { verdict } = resultOf({ a: 1, b: 0 }, { threshold, baseline: 'old' }, 'missing')
  assert.deepEqual(verdict.failures, [
    'mean: expected at least 0.9, got 0.50',
    'scorer right: expected at least 0.8, got 0.50',
    'there is no result of baseline old to compare with',
  ])
})

test('An eval of which a filter left no case misses nothing', () => {
  assert.deepEqual(resultOf({}, { threshold: { mean: 0.9, scorers: { right: 1 } } }).verdict, {
    passed: true,
    failures: [],
  })
})

test('What sums of fractions are off by fails nobody', () => {
  const scores = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'].map((key) => [key, 0.1]))
  assert.equal(resultOf(scores, { threshold: { mean: 0.1 } }).verdict.passed, true)
})

const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
const all = (score: number, ...changed: readonly (readonly [string, number])[]) =>
  Object.fromEntries([...keys.map((key) => [key, score] as const), ...changed])

test('One case of many that got worse is noise; all of them are a regression', () => {
  const baseline = { run: 'run_1', result: resultOf(all(1)) }
  const threshold = { regression: 0.05 }
  assert.equal(resultOf(all(1, ['a', 0]), { threshold }, baseline).verdict.passed, true)
  const { verdict } = resultOf(all(0.6), { threshold }, baseline)
  assert.equal(verdict.passed, false)
  assert.match(
    verdict.failures[0] ?? '',
    /^regression: the mean fell from 1\.00 to 0\.60 \(95 % sure of -0\.40 to -0\.40\), more than 0\.05$/,
  )
})

test('A fall within the tolerance is no regression, however sure it is', () => {
  const baseline = { run: 'run_1', result: resultOf(all(1)) }
  assert.equal(resultOf(all(0.97), { threshold: { regression: 0.05 } }, baseline).verdict.passed, true)
})

test('With too few cases to tell, the plain difference counts', () => {
  const baseline = { run: 'run_1', result: resultOf({ a: 1, b: 1, c: 1 }) }
  const { verdict } = resultOf({ a: 1, b: 1, c: 0 }, { threshold: { regression: 0.1 } }, baseline)
  assert.match(verdict.failures[0] ?? '', /over only 3 cases/)
})

test('Results are compared over common cases, and cases that changed sides are named', () => {
  const found = compare(resultOf({ a: 1, b: 0, gone: 1 }), resultOf({ a: 0, b: 0.4, added: 0, more: 0 }))
  assert.equal(found?.cases, 2)
  assert.equal(found?.missing, 1)
  assert.equal(found?.added, 2)
  assert.deepEqual(found?.flipped, [{ key: 'a', name: 'a', before: 1, after: 0 }])
})

test('Results without a common case are not compared', () => {
  assert.equal(compare(resultOf({ a: 1 }), resultOf({ b: 1 })), undefined)
})
