import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type FakeTools, hang, testAgent } from 'agentpolis/testing'
import reportChecker from './agents/report-checker.ts'
import repositoryReport from './agents/repository-report.ts'

const FILES: Readonly<Record<string, string>> = {
  'README.md': '# Boats\n\nWords about boats.\n',
  'main.js': '// TODO: begin\nstart()\n',
}
const TREE = JSON.stringify(Object.keys(FILES).map((name) => ({ name, type: 'file' })))

/** A file server over a folder of its own; `report` changes what is written. */
function files(report = (text: string) => text): FakeTools {
  const written = new Map<string, string>()
  return {
    files: {
      directory_tree: { effect: 'read', call: () => TREE },
      read_text_file: {
        effect: 'read',
        call: ({ path }: { path: string }) => written.get(path) ?? FILES[path.replace('./', '')] ?? fail(path),
      },
      write_file: {
        effect: 'idempotent',
        call: ({ path, content }: { path: string; content: string }) => void written.set(path, report(content)),
      },
    },
  }
}

const options = { input: {}, agents: [reportChecker], tools: () => files(), answers: { approval: { approve: true } } }

test('An approved report is written and found correct', async () => {
  const run = await testAgent(repositoryReport, options)
  assert.deepEqual(run.output, {
    published: true,
    file: '../.polis/reports/report.md',
    totals: { files: 2, lines: 5, words: 9, todos: 1 },
    mistakes: [],
  })
})

test('The human sees the report before it is written', async () => {
  let seen: unknown
  await testAgent(repositoryReport, {
    ...options,
    answers: ({ about }) => {
      seen = about
      return { approve: true }
    },
  })
  assert.match(String(seen), /^# Repository report\n\n2 files, 5 lines, 9 words, 1 open notes\./)
})

test('A report that is refused is not written', async () => {
  const run = await testAgent(repositoryReport, {
    ...options,
    answers: { approval: { approve: false, comment: 'too short' } },
  })
  assert.equal(run.output.published, false)
  assert.equal(run.output.comment, 'too short')
  assert.equal(run.steps.has('files.write_file'), false)
})

test('The checker finds figures that are wrong', async () => {
  const tools = () => files((text) => text.replace('5 lines', '6 lines'))
  const run = await testAgent(repositoryReport, { ...options, tools })
  assert.deepEqual(run.output.mistakes, ['lines: the report says 6, the files say 5'])
})

test('A crash at any step changes nothing', async () => {
  const run = await testAgent(repositoryReport, { ...options, crash: { everyStep: true } })
  assert.ok(run.crashes > 20)
})

test('A file server that never answers is given up after its timeout, three times', async () => {
  const tools = { files: { directory_tree: { effect: 'read', call: () => hang } } } as const
  const run = await testAgent(repositoryReport, { ...options, tools })
  assert.equal(run.status, 'failed')
  assert.equal(run.error?.code, 'STEP_TIMEOUT')
  assert.equal(run.steps.get('files.directory_tree')?.executed, 3)
})

function fail(path: string): never {
  throw new Error(`no such file: ${path}`)
}
