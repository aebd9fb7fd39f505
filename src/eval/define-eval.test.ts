import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defineEval } from './define-eval.ts'
import { exact } from './scorer/exact.ts'
import { modelJudged } from './scorer/model-judged.ts'
import { weighted } from './scorer/weighted.ts'

const good = { name: 'greets', agent: 'greeter', data: [{ input: 1 }], scorers: { right: exact() } }

test('An eval gets defaults, and names for its scorers', () => {
  const made = defineEval({ ...good, scorers: { right: weighted(2, exact()), tone: () => 1 }, threshold: 0.8 })
  assert.deepEqual(
    made.scorers.map(({ name, weight, by }) => [name, weight, by.kind]),
    [
      ['right', 2, 'function'],
      ['tone', 1, 'function'],
    ],
  )
  const { concurrency, timeout, trials, threshold } = made
  assert.deepEqual(
    { concurrency, timeout, trials, threshold },
    { concurrency: 4, timeout: 600_000, trials: 1, threshold: { mean: 0.8 } },
  )
})

test('What is wrong is named by its option, with what was expected', () => {
  const wrong = (given: object, message: RegExp) =>
    assert.throws(() => defineEval({ ...good, ...given } as never), { code: 'INVALID_CONFIG', message })
  wrong({ name: 'no spaces' }, /option name: expected a letter/)
  wrong({ agent: 7 }, /defineEval greets: option agent: expected an agent or its name, got 7/)
  wrong({ data: [] }, /option data: expected at least one case/)
  wrong(
    { data: [{ input: 1 }, { expected: 1 }] },
    /option data\[1\]: expected a case \{ input, expected\?, name\?, tags\? \}/,
  )
  wrong({ data: [{ input: 1, tags: 'x' }] }, /option data\[0\]\.tags: expected a list of texts, got 'x'/)
  wrong({ scorers: {} }, /option scorers: expected scorers by name, at least one/)
  wrong({ scorers: { right: 'exact' } }, /option scorers\.right: expected a function or a scorer such as exact\(\)/)
  wrong({ threshold: 80 }, /option threshold: expected a number from 0 to 1, got 80/)
  wrong(
    { threshold: { scorers: { rigth: 1 } } },
    /option threshold\.scorers\.rigth: expected a scorer of this eval \(right\)/,
  )
  wrong({ threshold: { average: 1 } }, /option threshold\.average: expected mean, scorers or regression/)
  wrong({ concurrency: 0 }, /option concurrency: expected a whole number from 1 to 64, got 0/)
  wrong({ timeout: '10' }, /option timeout: expected a duration/)
  wrong({ treshold: 1 }, /unknown option treshold; did you mean threshold\?/)
})

test('A judge needs a model with its provider, criteria and a scale', () => {
  const wrong = (given: object, message: RegExp) =>
    assert.throws(() => modelJudged({ model: 'a/b', criteria: 'c', ...given }), { code: 'INVALID_CONFIG', message })
  wrong({ model: '' }, /option model: expected a model such as 'openai\/gpt-5', or an alias of polis.config.ts, got ""/)
  wrong({ criteria: ' ' }, /option criteria/)
  wrong({ scale: [5, 1] }, /option scale: expected two numbers, the lower one first/)
  wrong({ samples: 0 }, /option samples/)
})

test('Answers are found by id, then by name, and may be functions', async () => {
  const asked = { agent: 'a', question: '?', schema: {}, case: 'c', input: 1 }
  const { answers } = defineEval({ ...good, answers: { 'left/ok#2': 'second', ok: ({ id }: { id: string }) => id } })
  assert.equal(answers({ ...asked, id: 'left/ok#2' }), 'second')
  assert.equal(answers({ ...asked, id: 'left/ok' }), 'left/ok')
  assert.equal(answers({ ...asked, id: 'toString' }), undefined)
})
