import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gauge, is, like, max, noneOf, quantile, sum, whereAbove } from './promql.ts'

test('A query names series by metric and labels', () => {
  const pods = { namespace: is('desk'), pod: like('desk-.*') }
  assert.equal(sum(gauge('active_workflows', pods)), 'sum(active_workflows{namespace="desk",pod=~"desk-.*"})')
  assert.equal(
    whereAbove(max(gauge('workflow_queue_depth', {})), sum(gauge('active_workflows', {})), 5),
    'max(workflow_queue_depth{}) * (sum(active_workflows{}) > bool 5)',
  )
  assert.equal(
    quantile(0.95, 'http_request_duration_seconds', { method: is('GET') }, '2m'),
    'histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket{method="GET"}[2m])))',
  )
})

test('Values of labels are texts, whatever is in them', () => {
  assert.equal(gauge('agent_info', { service: is('a"b\\c') }), String.raw`agent_info{service="a\"b\\c"}`)
  assert.equal(gauge('agent_info', { service: noneOf(['a.b', 'c|d']) }), String.raw`agent_info{service!~"a\\.b|c\\|d"}`)
})

test('What is in no catalogue does not compile', () => {
  // @ts-expect-error No such metric.
  gauge('active_workflow', {})
  // @ts-expect-error No such label of this metric.
  gauge('active_workflows', { method: is('GET') })
  // @ts-expect-error A counter has no present value.
  gauge('http_requests_total', {})
  // @ts-expect-error A gauge has no quantiles.
  quantile(0.95, 'active_workflows', {}, '2m')
  // @ts-expect-error A query is made, not written.
  sum('up')
  assert.ok(true)
})
