import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePromql, secondsOf, selectorsIn } from './parse.ts'

test('A quantile over an aggregation is read with its labels, range and matchers', () => {
  const text = 'histogram_quantile(0.95, sum by (le) (rate(http_seconds_bucket{job="a",code!~"5.."}[5m]))) > 1.5'
  const expression = parsePromql(text)
  assert.equal(expression?.kind, 'binary')
  const [selector] = expression === undefined ? [] : selectorsIn(expression)
  assert.deepEqual(selector, {
    kind: 'selector',
    name: 'http_seconds_bucket',
    matchers: [
      { label: 'job', operator: '=', value: 'a' },
      { label: 'code', operator: '!~', value: '5..' },
    ],
    range: '5m',
  })
})

test('Offsets, brackets, names in quotes and comments are seen through', () => {
  const names = (text: string) => selectorsIn(parsePromql(text) ?? { kind: 'other', args: [] }).map(({ name }) => name)
  assert.deepEqual(names('(a offset 5m) / on (x) group_left b # of c'), ['a', 'b'])
  assert.deepEqual(names('{__name__="a", job="b"} unless {"c"}'), ['a', 'c'])
  assert.deepEqual(names('max_over_time(a[1h:5m] @ 100)'), ['a'])
})

test('What is no PromQL has no expression', () => {
  for (const text of ['sum(', 'a == == b', '', 'rate(a[5m]']) assert.equal(parsePromql(text), undefined, text)
})

test('Durations are read in seconds', () => {
  assert.deepEqual(['1h30m', '500ms', '1w', '5', 'm'].map(secondsOf), [5400, 0.5, 604_800, undefined, undefined])
})
