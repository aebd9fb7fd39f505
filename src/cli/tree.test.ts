import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { manualClock } from '../core/manual-clock.ts'
import { CHILD, createEntries, RUN } from './fake/entries.ts'
import { createFakeIo } from './fake/io.ts'
import { textWidth } from './terminal/width.ts'
import { createRunTree, type RunEntry } from './tree.ts'

const YES_NO = { type: 'boolean' }

// A run with parallel branches, a retry, a child run and a question.
function report(): readonly RunEntry[] {
  const run = createEntries(RUN)
  const child = createEntries(CHILD)
  return [
    run('run-submitted', { agent: 'report', input: {}, tags: {}, priority: 0 }, 0),
    run('step-completed', { id: 'list', index: 0, attempt: 1, ms: 34, output: [] }, 40),
    run('step-started', { id: 'read/a', index: 0, attempt: 1, effect: 'once' }, 50),
    run('step-completed', { id: 'read/a', index: 0, attempt: 1, ms: 100, output: 1 }, 150),
    run(
      'step-retrying',
      { id: 'read/b', index: 0, attempt: 1, error: { code: 'TOOL_FAILED', message: 'busy' }, at: 900 },
      160,
    ),
    run('step-completed', { id: 'read/b', index: 0, attempt: 2, ms: 20, output: 1 }, 1000),
    run('child-started', { id: 'check', index: 3, run: CHILD, agent: 'checker' }, 1010),
    child('run-submitted', { agent: 'checker', input: {}, tags: {}, priority: 0 }, 1011),
    child('step-completed', { id: 'verify', index: 0, attempt: 1, ms: 5, output: 1 }, 1020),
    child('run-completed', { output: 'ok' }, 1030),
    run('child-completed', { id: 'check', index: 3, run: CHILD, output: 'ok' }, 1040),
    run('question-asked', { id: 'approve', index: 4, question: 'Write it?', schema: YES_NO, about: 'report.md' }, 2000),
  ]
}

const EXPECTED = [
  `… report  ${RUN}  waiting 5s`,
  '├─ ✓ list  34ms',
  '├─ ✓ read',
  '│  ├─ ✓ a  100ms',
  '│  └─ ✓ b  attempt 2, 20ms',
  '├─ ✓ check  30ms',
  `│  └─ ✓ checker  ${CHILD}  completed 19ms`,
  '│     └─ ✓ verify  5ms',
  '└─ ? approve  3s',
  '     Write it?',
  '     about: report.md',
  `     answer: polis runs answer ${RUN} yes --question approve`,
]

test('a finished tree shows steps, branches, attempts, child runs and questions', () => {
  const io = createFakeIo({ tty: true, columns: 120, clock: manualClock(5000), env: { NO_COLOR: '1' } })
  const tree = createRunTree({ io })
  for (const entry of report()) tree.entry(entry)
  const live = io.out().length
  tree.finish()
  tree.finish()
  const [, last] = io.out().slice(live).split('\x1b[?25h')
  assert.deepEqual(last?.trimEnd().split('\n'), EXPECTED)
})

test('an answered question shows its answer, and no longer how to answer', () => {
  const io = createFakeIo({ tty: true, columns: 120, clock: manualClock(5000) })
  const tree = createRunTree({ io })
  const run = createEntries()
  tree.entry(run('run-submitted', { agent: 'report', input: {}, tags: {}, priority: 0 }, 0))
  tree.entry(run('question-asked', { id: 'approve', index: 0, question: 'Write it?', schema: YES_NO }, 0))
  assert.deepEqual(
    tree.questions().map((question) => question.id),
    ['approve'],
  )
  tree.entry(run('question-answered', { id: 'approve', index: 0, answer: true, by: 'ada' }, 1500))
  assert.deepEqual(tree.questions(), [])
  tree.finish()
  assert.ok(stripVTControlCharacters(io.out()).endsWith('└─ ✓ approve  1.5s  Write it? → true (ada)\n'))
})

test('no line of a live tree is wider than the terminal', () => {
  const io = createFakeIo({ tty: true, columns: 30, clock: manualClock(5000) })
  const tree = createRunTree({ io })
  const run = createEntries()
  for (const entry of report()) tree.entry(entry)
  tree.entry(run('run-submitted', { agent: '長い名前のエージェント', input: {}, tags: {}, priority: 0 }, 0))
  tree.finish()
  for (const line of stripVTControlCharacters(io.out()).split(/[\r\n]+/)) assert.ok(textWidth(line) <= 30, line)
})

test('text from a run cannot reach the terminal as an escape sequence', () => {
  const io = createFakeIo({ tty: true, columns: 200, env: { NO_COLOR: '1' } })
  const tree = createRunTree({ io })
  const run = createEntries()
  const evil = 'x\x1b]0;owned\x07\x1b[2J\nnew line'
  tree.entry(run('run-submitted', { agent: evil, input: {}, tags: {}, priority: 0 }, 0))
  tree.entry(run('question-asked', { id: evil, index: 0, question: evil, schema: {}, about: evil }, 0))
  tree.entry(run('step-failed', { id: 'a', index: 1, attempt: 1, ms: 1, error: { code: 'X', message: evil } }, 1))
  tree.transient({ run: RUN, kind: 'progress', step: 'b', data: evil })
  tree.finish()
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
  const ours = /\x1b\[(?:\?25[lh]|0J|\d+A)/g
  assert.ok(!io.out().replace(ours, '').includes('\x1b'))
  assert.ok(!io.out().includes('\nnew line'))
})

test('elsewhere than on a terminal each entry appends its own line', () => {
  const io = createFakeIo({ clock: manualClock(5000) })
  const tree = createRunTree({ io })
  for (const entry of report()) tree.entry(entry)
  tree.finish()
  assert.deepEqual(io.out().trimEnd().split('\n'), [
    `▶ report  ${RUN}  running 5s`,
    '✓ list  34ms',
    '• read/a  started',
    '✓ read/a  100ms',
    '↻ read/b  attempt 2, in 0ms  TOOL_FAILED: busy',
    '✓ read/b  attempt 2, 20ms',
    '• check  checker',
    'checker › ✓ verify  5ms',
    `checker › ✓ checker  ${CHILD}  completed 19ms`,
    '✓ check  30ms',
    '? approve  3s',
    '  Write it?',
    '  about: report.md',
    `  answer: polis runs answer ${RUN} yes --question approve`,
  ])
})

test('an entry that comes twice shows once', () => {
  const io = createFakeIo()
  const tree = createRunTree({ io })
  const [first] = report()
  for (const entry of [first, first]) if (entry) tree.entry(entry)
  assert.equal(io.out().split('\n').length, 2)
})

test('spinners turn while something runs, and stop with the run', () => {
  const clock = manualClock(0)
  const io = createFakeIo({ tty: true, clock, columns: 120 })
  const tree = createRunTree({ io })
  const run = createEntries()
  tree.entry(run('run-submitted', { agent: 'report', input: {}, tags: {}, priority: 0 }, 0))
  tree.entry(run('step-started', { id: 'slow', index: 0, attempt: 1, effect: 'read' }, 0))
  clock.advance(1000)
  assert.ok(stripVTControlCharacters(io.out()).includes('slow  900ms'))
  tree.entry(run('run-failed', { error: { code: 'STEP_FAILED', message: 'no' } }, 1000))
  clock.advance(1000)
  tree.finish()
  assert.equal(clock.nextTimer(), undefined)
  assert.ok(stripVTControlCharacters(io.out()).endsWith(`failed 1s  STEP_FAILED: no\n└─ − slow  1s\n`))
})

test('a kind of entry that this version does not know is passed over', () => {
  const io = createFakeIo()
  const tree = createRunTree({ io })
  tree.entry({ run: RUN, sequence: 1, kind: 'moon-rose', time: 0, data: {} } as unknown as RunEntry)
  tree.finish()
})
