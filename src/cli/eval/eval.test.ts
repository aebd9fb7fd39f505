import assert from 'node:assert/strict'
import { test } from 'node:test'
import { planOf, resultOf, trialOf } from '../../eval/fake/result.ts'
import { summarise } from '../../eval/summarise.ts'
import { createFakeIo } from '../fake/io.ts'
import { createStyle } from '../terminal/style.ts'
import { applyEvalEnd, applyEvalEntry, applySuiteEntry, type BoardEval, createBoard } from './board.ts'
import { toJunit } from './junit.ts'
import { liveLines } from './live.ts'
import { resultLines, trialLine } from './show-eval.ts'

const io = createFakeIo()
const style = createStyle(io.stdout, {})
const context = { style, width: 100 }
const end = { status: 'completed' } as Parameters<typeof applyEvalEnd>[1]

function begun(keys: readonly string[]): BoardEval {
  const board = createBoard()
  const run = applySuiteEntry(board, entry('child-started', { id: 'greets', run: 'run_e', agent: 'polis.eval' }))
  const one = board.evals.get(run ?? '')
  assert.ok(one)
  applyEvalEntry(one, entry('step-completed', { id: 'plan', output: planOf(keys) }))
  return one
}

function entry(kind: string, data: object): Parameters<typeof applyEvalEntry>[1] {
  return { kind, data, sequence: 1, time: 1000 } as never
}

test('A board knows which cases run and which have ended', () => {
  const one = begun(['a', 'b', 'c'])
  applyEvalEntry(one, entry('child-started', { id: 'all/lane-1/race/run/case-1-1', run: 'run_1', agent: 'greeter' }))
  applyEvalEntry(one, entry('child-started', { id: 'all/lane-2/race/run/case-2-1', run: 'run_2', agent: 'greeter' }))
  assert.deepEqual([...one.running.keys()], ['a/1', 'b/1'])
  assert.equal(applyEvalEntry(one, entry('event-emitted', { name: 'trial', data: trialOf('a', 1) }))?.case, 'a')
  assert.deepEqual(liveLines(one, 3500, style), ['greets  1/3  mean 1.00', '  ✓ greets  a  1.00  10ms', '  · b  2.5s'])
})

test('Of an eval that ended only one line stays in the picture', () => {
  const one = begun(['a'])
  applyEvalEnd(one, { ...end, output: resultOf({ a: 1 }) })
  assert.deepEqual(liveLines(one, 0, style), ['greets  0/1'])
})

test('A line on a trial says what went wrong first', () => {
  const one = begun(['a\u001b[2J'])
  const failed = { ...trialOf('a\u001b[2J', 0), error: { code: 'STEP_FAILED', message: 'no' } }
  assert.equal(trialLine(one, failed, style), '✗ greets  a\\x1b[2J  0.00  10ms  STEP_FAILED: no')
  assert.match(
    trialLine(one, trialOf('a', undefined), style),
    /^! greets {2}a {2}– {2}10ms {2}scorer right failed: it broke$/,
  )
})

test('The table has a line a case, and the thresholds that were missed', () => {
  const lines = resultLines(resultOf({ a: 1, b: 0 }, { threshold: { mean: 0.9 } }), 'run_e', context)
  assert.deepEqual(lines, [
    '✗ greets  mean 0.50  1 of 2 passed  greeter@abc  run_e',
    '     CASE  SCORE  TOOK  COST  REASON',
    '  ✓  a      1.00  10ms',
    '  ✗  b      0.00  10ms',
    '  ✗ mean: expected at least 0.9, got 0.50',
  ])
})

test('With trials the spread of each case shows', () => {
  const trials = [trialOf('a', 1, 1), trialOf('a', 0, 2)]
  const lines = resultLines(summarise(planOf(['a'], { trials: 2 }), trials), 'run_e', context)
  assert.match(lines[0] ?? '', /mean 0\.50 ±0\.71/)
  assert.match(lines[2] ?? '', /a +0\.50 ±0\.71/)
})

test('JUnit output holds anything as text, and fails cases only with their eval', () => {
  const name = 'a <b> & "c" \u0000 \ud800'
  const passed = { ...begun([name]), result: resultOf({ [name]: 0.2 }) }
  const failed = { ...begun(['a']), result: resultOf({ a: 0.2 }, { threshold: { mean: 0.5 } }) }
  const broken = { ...begun(['a']), error: { code: 'INVALID_CONFIG', message: 'data: <none>' } }
  const text = toJunit([passed, failed, broken])
  assert.match(text, /name="a &lt;b&gt; &amp; &quot;c&quot; \ufffd \ufffd"/)
  assert.match(text, /<testsuite name="greets" tests="1" failures="0" errors="0" time="0\.010">/)
  assert.match(text, /<testsuite name="greets" tests="2" failures="2" errors="0"/)
  assert.match(text, /<failure message="mean: expected at least 0\.5, got 0\.20"\/>/)
  assert.match(text, /<error message="INVALID_CONFIG: data: &lt;none&gt;"\/>/)
})

test('A scorer that failed is an error of its case', () => {
  const result = summarise(planOf(['a']), [trialOf('a', undefined)])
  assert.match(toJunit([{ ...begun(['a']), result }]), /<error message="scorer right: it broke"\/>/)
})
