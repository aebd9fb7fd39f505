import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { scanSource } from './scan-source.ts'

const scan = (name: string, text: string, ...others: readonly (readonly [string, string])[]) =>
  scanSource([[name, text] as const, ...others].map(([name, text]) => ({ name, text })))

describe('the metrics of a source', () => {
  it('are set where anything names them, in another file or behind an optional step', () => {
    const declared = `export class Metrics { readonly depth = new client.Gauge({ name: 'a_depth', help: 'x' }) }`
    const isSet = (use: string) => scan('metrics.ts', declared, ['use.ts', use]).metrics.get('a_depth')?.isSet
    assert.equal(isSet('metrics?.depth?.set(1)'), true)
    assert.equal(isSet('report(metrics.depth, 1)'), true)
  })

  it('are not set where they are imported, registered, read, set in a test or in a comment', () => {
    const declared = `export const depth = new Gauge({ name: 'a_depth', help: 'x' })`
    const uses = [
      ['use.ts', `import { depth } from './metrics.ts'\nregister.registerMetric(depth)\nawait depth.get()`],
      ['use.ts', '// depth.set(1)\nlog("depth.set(1)")'],
      ['use.test.ts', 'depth.set(1)'],
      ['use.py', 'depth.set(1)'],
    ] as const
    for (const use of uses) assert.equal(scan('metrics.ts', declared, use).metrics.get('a_depth')?.isSet, false, use[1])
    const python = `from prometheus_client import Gauge\nDEPTH = Gauge('a_depth', 'x')`
    assert.equal(scan('m.py', python, ['use.py', 'from m import (\n  DEPTH,\n)']).metrics.get('a_depth')?.isSet, false)
    assert.equal(scan('m.py', python, ['test_use.py', 'DEPTH.set(1)']).metrics.get('a_depth')?.isSet, false)
    assert.equal(scan('m.py', python, ['use.py', 'm.DEPTH.set_function(count)']).metrics.get('a_depth')?.isSet, true)
  })

  it('have the names that clients make of their parts', () => {
    const names = (file: string, text: string) => [...scan(file, text).metrics.keys()]
    assert.deepEqual(names('m.py', `self.x = Counter('calls_total', 'x', ['a'], namespace='a', subsystem="b")`), [
      'a_b_calls_total',
    ])
    assert.deepEqual(names('m.py', `x: Histogram = Histogram('took', 'x', unit='seconds')`), ['took_seconds'])
    assert.deepEqual(names('m.py', `words = Counter('hello')\nwords = collections.Counter(text, 3)`), [])
    const go =
      'm := &metrics{depth: f.With(r).NewGaugeVec(prometheus.GaugeOpts{Namespace: "a", Subsystem: "b", Name: "depth"}, []string{"x", "y"})}'
    assert.deepEqual(names('m.go', go), ['a_b_depth'])
    assert.deepEqual(scan('m.go', go).metrics.get('a_b_depth')?.labels, ['x', 'y'])
  })

  it('may be more than are known, where a name is no literal', () => {
    assert.equal(scan('m.ts', "x = new Gauge({ name: NAME, help: 'x' })").isOpen, true)
    assert.equal(scan('m.py', "X = Gauge(PREFIX, 'x')").isOpen, true)
    assert.equal(scan('m.go', 'x := prometheus.NewGauge(prometheus.GaugeOpts{Namespace: ns, Name: "x"})').isOpen, true)
    assert.equal(scan('m.ts', "x = new Gauge({ name: 'a_depth', help: 'x' })").isOpen, false)
  })

  it('have the buckets that are written or made, the usual ones, or none that are known', () => {
    const top = (file: string, text: string) => [...scan(file, text).metrics.values()][0]?.buckets?.at(-1)
    const script = (buckets: string) => top('m.ts', `x = new Histogram({ name: 'a', help: 'x'${buckets} })`)
    assert.equal(script(''), 10)
    assert.equal(script(', buckets: [0.1, 1, 1_000]'), 1000)
    assert.equal(script(', buckets: client.linearBuckets(1, 2, 3)'), 5)
    assert.equal(script(', buckets: BUCKETS'), undefined)
    assert.equal(top('m.py', `X = Histogram('a', 'x', buckets=[1, 2, float('inf')])`), 2)
    assert.equal(
      top('m.go', 'x = prometheus.NewHistogram(prometheus.HistogramOpts{Name: "a", Buckets: prometheus.DefBuckets})'),
      10,
    )
    assert.equal(
      top('m.go', 'x = prometheus.NewHistogram(prometheus.HistogramOpts{Name: "a", Buckets: []float64{1, 4}})'),
      4,
    )
  })
})

describe('a histogram', () => {
  it('leaves failures out in JavaScript where what is awaited may end the function first', () => {
    assert.equal(inScript('await work(); x.observe(1)'), true)
    assert.equal(inScript('const end = x.startTimer(); try { await work(); end() } catch (e) { throw e }'), true)
    assert.equal(inScript('try { await work() } finally { x.observe(1) }'), false)
    assert.equal(inScript('try { await work(); x.observe(1) } catch { x.observe(2) }'), false)
    assert.equal(inScript('try { await work() } catch { failed = true }\n x.observe(1)'), false)
    assert.equal(inScript("await work(); response.on('finish', () => { x.observe(1) })"), false)
  })

  it('leaves failures out in Python where a call may raise first', () => {
    assert.equal(inPython('    started = time.time()\n    work()\n    X.observe(time.time() - started)'), true)
    assert.equal(inPython('    with X.time():\n        work()'), false)
    const handled =
      '    started = time.time()\n    try:\n        work()\n    finally:\n        X.observe(time.time() - started)'
    assert.equal(inPython(handled), false)
  })

  it('leaves failures out in Go where the function may return first', () => {
    assert.equal(
      inGo('start := time.Now()\nif err := work(); err != nil {\nreturn err\n}\nx.Observe(since(start))'),
      true,
    )
    assert.equal(inGo('start := time.Now()\nerr := work()\nx.Observe(since(start))\nreturn err'), false)
    assert.equal(
      inGo('start := time.Now()\ndefer func() { x.Observe(since(start)) }()\nif bad {\nreturn nil\n}'),
      false,
    )
  })
})

const only = (file: string, text: string) => [...scan(file, text).metrics.values()][0]?.leavesFailuresOut
const inScript = (body: string) =>
  only('m.ts', `const x = new Histogram({ name: 'a', help: 'x' })\nasync function run() { ${body} }`)
const inPython = (body: string) => only('m.py', `X = Histogram('a', 'x')\n\ndef run():\n${body}\n`)
const inGo = (body: string) =>
  only('m.go', `x := prometheus.NewHistogram(prometheus.HistogramOpts{Name: "a"})\nfunc run() error {\n${body}\n}`)
