import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { manualClock } from '../core/manual-clock.ts'
import { METRICS, type Metric } from './metric.ts'
import { applyForwarded, createMetrics, type ForwardedMetric, forwardMetrics, silentMetrics } from './metrics.ts'

const PROCESS = { service: 'polis', version: '1.2.3', environment: 'test' }
const WORKFLOW = { workflow_type: 'greet', status: 'completed' }

async function linesOf(metrics: { text(): Promise<string> }, name: string) {
  return (await metrics.text()).split('\n').filter((line) => line.startsWith(name))
}

describe('the metric catalogue', () => {
  it('holds the names, labels and bounds that dashboards rely on', () => {
    const expected: Readonly<Record<string, readonly string[]>> = {
      agent_info: ['service', 'version', 'environment'],
      http_requests_total: ['method', 'endpoint', 'status_code'],
      http_request_duration_seconds: ['method', 'endpoint'],
      active_workflows: [],
      workflow_queue_depth: [],
      workflow_executions_total: ['workflow_type', 'status'],
      workflow_duration_seconds: ['workflow_type'],
      mcp_tool_calls_total: ['server', 'tool', 'status'],
      mcp_tool_duration_seconds: ['server', 'tool'],
      mcp_connection_pool_active: [],
      mcp_connection_pool_idle: [],
      a2a_messages_sent_total: ['message_type', 'recipient'],
      a2a_messages_received_total: ['message_type'],
      memory_usage_bytes: [],
      cpu_usage_percent: [],
      errors_total: ['error_type', 'component'],
    }
    const catalogue: Readonly<Record<string, Metric>> = METRICS
    for (const [name, labels] of Object.entries(expected)) assert.deepEqual(catalogue[name]?.labels, labels, name)
    assert.ok(
      METRICS.mcp_tool_duration_seconds.buckets.some((bound) => bound > 120),
      'beyond the timeout of a tool',
    )
  })

  it('is well formed', () => {
    for (const [name, metric] of Object.entries<Metric>(METRICS)) {
      assert.equal(name.endsWith('_total'), metric.type === 'counter', name)
      assert.equal(metric.type === 'histogram', metric.buckets !== undefined, name)
      assert.deepEqual(
        metric.buckets ?? [],
        [...(metric.buckets ?? [])].sort((a, b) => a - b),
        name,
      )
      assert.ok(
        Object.keys(metric.closed ?? {}).every((label) => metric.labels.includes(label)),
        name,
      )
      for (const label of metric.labels) assert.doesNotMatch(label, /user|session|^run|path|tenant/, name)
      assert.match(metric.doc, /^(\p{Lu}|1).*\.$/u)
    }
  })
})

describe('metrics', () => {
  it('reach the text of Prometheus', async () => {
    const metrics = createMetrics(PROCESS)
    metrics.increment('workflow_executions_total', WORKFLOW)
    metrics.increment('workflow_executions_total', WORKFLOW, 2)
    metrics.observe('workflow_duration_seconds', { workflow_type: 'greet' }, 20)
    metrics.set('active_workflows', {}, 4)
    assert.deepEqual(await linesOf(metrics, 'agent_info'), [
      'agent_info{service="polis",version="1.2.3",environment="test"} 1',
    ])
    assert.deepEqual(await linesOf(metrics, 'workflow_executions_total'), [
      'workflow_executions_total{workflow_type="greet",status="completed"} 3',
    ])
    assert.ok(
      (await linesOf(metrics, 'workflow_duration_seconds')).includes(
        'workflow_duration_seconds_bucket{le="60",workflow_type="greet"} 1',
      ),
    )
    assert.deepEqual(await linesOf(metrics, 'active_workflows'), ['active_workflows 4'])
    assert.match((await linesOf(metrics, 'memory_usage_bytes'))[0] ?? '', /^memory_usage_bytes [1-9]\d+$/)
    assert.match(metrics.contentType, /^text\/plain/)
  })

  it('never throw, and drop what is not a number', async () => {
    const metrics = createMetrics(PROCESS)
    metrics.increment('fenced_writes_total', {}, -1)
    metrics.increment('fenced_writes_total', {}, Number.NaN)
    metrics.set('active_workflows', {}, Number.POSITIVE_INFINITY)
    metrics.increment('workflow_replays_total', {} as never)
    metrics.increment('no_such_metric' as 'fenced_writes_total', {})
    assert.deepEqual(await linesOf(metrics, 'fenced_writes_total'), ['fenced_writes_total 0'])
    assert.deepEqual(await linesOf(metrics, 'active_workflows'), ['active_workflows 0'])
  })

  it('collapse label values beyond the cap, outside a closed list, or too long', async () => {
    const metrics = createMetrics({ ...PROCESS, labelCap: 2 })
    for (const endpoint of ['/a', '/b', '/c', '/d', '/a', 'x'.repeat(200)]) {
      metrics.increment('http_requests_total', { method: 'BREW', endpoint, status_code: '200' })
    }
    assert.deepEqual(await linesOf(metrics, 'http_requests_total'), [
      'http_requests_total{method="other",endpoint="/a",status_code="200"} 2',
      'http_requests_total{method="other",endpoint="/b",status_code="200"} 1',
      'http_requests_total{method="other",endpoint="other",status_code="200"} 3',
    ])
  })

  it('are collected anew at each scrape until that is ended', async () => {
    const metrics = createMetrics(PROCESS)
    let checks = ['store', 'mcp']
    const end = metrics.onScrape('health_check_status', (set) => {
      for (const check of checks) set({ check }, 1)
    })
    assert.equal((await linesOf(metrics, 'health_check_status')).length, 2)
    checks = ['store']
    assert.deepEqual(await linesOf(metrics, 'health_check_status'), ['health_check_status{check="store"} 1'])
    end()
    checks = []
    assert.equal((await linesOf(metrics, 'health_check_status')).length, 1)
  })

  it('are served although a collector throws or hangs', async () => {
    const clock = manualClock()
    const metrics = createMetrics({ ...PROCESS, clock, collectTimeout: 100 })
    metrics.onScrape('active_workflows', () => {
      throw new Error('broken')
    })
    let report = () => {}
    metrics.onScrape('workflow_queue_depth', (set) => {
      report = () => set({}, 99)
      return new Promise(() => {})
    })
    const scrape = async () => {
      const text = metrics.text()
      // The other collectors are done before time passes.
      await new Promise(setImmediate)
      clock.advance(100)
      return text
    }
    const text = await scrape()
    assert.match(text, /errors_total\{error_type="INTERNAL",component="telemetry"\} 1\n/)
    assert.match(text, /errors_total\{error_type="TIMEOUT",component="telemetry"\} 1\n/)
    const late = report
    const next = scrape()
    late()
    assert.doesNotMatch(await next, /workflow_queue_depth 99/)
  })

  it('that are silent say nothing', async () => {
    silentMetrics.increment('fenced_writes_total', {})
    silentMetrics.onScrape('active_workflows', () => assert.fail('never scraped'))()
    assert.equal(await silentMetrics.text(), '')
  })
})

describe('forwarded metrics', () => {
  it('gather, counters and gauges as one each, and are posted once an interval', async () => {
    const clock = manualClock()
    const posts: (readonly ForwardedMetric[])[] = []
    const forwarding = forwardMetrics((batch) => posts.push(structuredClone(batch)), { clock, interval: 100 })
    for (let index = 0; index < 5; index++) forwarding.increment('workflow_executions_total', WORKFLOW)
    forwarding.set('active_workflows', {}, 1)
    forwarding.set('active_workflows', {}, 2)
    forwarding.observe('workflow_duration_seconds', { workflow_type: 'greet' }, 1)
    forwarding.observe('workflow_duration_seconds', { workflow_type: 'greet' }, 2)
    assert.equal(posts.length, 0)
    clock.advance(100)
    assert.deepEqual(
      posts.map((batch) => batch.length),
      [4],
    )
    assert.equal(clock.nextTimer(), undefined)

    const metrics = createMetrics(PROCESS)
    for (const batch of posts) applyForwarded(metrics, batch)
    assert.match((await linesOf(metrics, 'workflow_executions_total'))[0] ?? '', / 5$/)
    assert.deepEqual(await linesOf(metrics, 'active_workflows'), ['active_workflows 2'])
    assert.deepEqual(await linesOf(metrics, 'workflow_duration_seconds_sum'), [
      'workflow_duration_seconds_sum{workflow_type="greet"} 3',
    ])
  })

  it('are posted at once when many, and by flush', () => {
    const posts: number[] = []
    const forwarding = forwardMetrics((batch) => posts.push(batch.length), { clock: manualClock(), batch: 3 })
    for (let index = 0; index < 7; index++) forwarding.observe('workflow_wake_latency_seconds', {}, 1)
    assert.deepEqual(posts, [3, 3])
    forwarding.flush()
    forwarding.flush()
    assert.deepEqual(posts, [3, 3, 1])
  })

  it('are collected once an interval, since no scrape reaches a thread', () => {
    const clock = manualClock()
    const posts: ForwardedMetric[] = []
    const forwarding = forwardMetrics((batch) => posts.push(...batch), { clock, interval: 100 })
    const end = forwarding.onScrape('active_workflows', (set) => set({}, 7))
    clock.advance(200)
    assert.deepEqual(
      posts.map(({ name, value }) => [name, value]),
      [
        ['active_workflows', 7],
        ['active_workflows', 7],
      ],
    )
    end()
    clock.advance(200)
    assert.deepEqual([posts.length, clock.nextTimer()], [2, undefined])
  })
})
