import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { EvalResult } from '../../src/eval/result.ts'
import { MAIN, talk } from '../cli/spawn.ts'
import { linesOf, runPolis, startPolis } from '../lifecycle/polis.ts'
import { GREETER, writeEvals } from './project.ts'

const cases = (names: readonly string[], more = '') =>
  `[${names.map((name) => `{ name: '${name}', input: { name: '${name}', log: '/dev/null'${more} }, expected: { greeting: 'Hello, ${name}' } }`).join(', ')}]`

const greets = (data: string, more = '') =>
  `agent: 'greeter', data: ${data}, scorers: { right: exact('greeting') }, ${more}`

function resultsOf(stdout: string): readonly (EvalResult & { readonly run: string })[] {
  return JSON.parse(stdout).evals
}

describe('polis eval', { timeout: 120_000 }, () => {
  test('An eval that reaches its threshold ends with 0, and one that does not with 1 and which it missed', async () => {
    await using project = await writeEvals({
      good: greets(cases(['Ada', 'Shy']), "threshold: 1, answers: { 'may-i': true }"),
      bad: greets(cases(['Ada', 'Nobody']), 'threshold: 0.8'),
    })
    const junit = join(project.dir, 'out.xml')
    const both = await runPolis(project.dir, ['eval', '--junit', junit])
    assert.equal(both.code, 1, both.stderr)
    assert.match(both.stdout, /^✓ good {2}mean 1\.00 {2}2 of 2 passed {2}greeter@[0-9a-f]{12}/m)
    assert.match(both.stderr, /^✓ good {2}Shy {2}1\.00/m)
    assert.match(both.stdout, /✗ mean: expected at least 0\.8, got 0\.50/)
    assert.match(both.stdout, /Nobody +0\.00.*nobody is there/)
    const xml = await readFile(junit, 'utf8')
    assert.match(xml, /<testcase classname="bad" name="threshold"/)
    assert.equal(xml.match(/<testsuite /g)?.length, 2)
  })

  test('An agent that a scripted model leads is judged by a scripted model, the same each time', async () => {
    await using project = await writeEvals({
      clerk: `agent: 'clerk', trials: 2, data: [{ name: 'late', input: 'Where is order 7?' }], scorers: {
        tone: weighted(2, modelJudged({ model: 'demo/judge', criteria: 'Says what is wrong.' })), looked: toolsCalled(['search']), free: cost(0), short: steps(4) }`,
    })
    const { code, stdout, stderr } = await runPolis(project.dir, ['eval', '--json'])
    assert.equal(code, 0, stderr)
    const [result] = resultsOf(stdout)
    assert.deepEqual([result?.mean, result?.spread], [1, 0])
    const [first, second] = result?.cases[0]?.trials ?? []
    assert.deepEqual(first?.scores, second?.scores)
    assert.equal(first?.scores[0]?.reason, 'says that it is late')
    assert.ok((result?.judged.tokens ?? 0) > 0)
  })

  test('An eval that was killed goes on: cases with a result are not run again', async () => {
    await using project = await writeEvals({})
    const log = join(project.dir, 'log')
    const data = cases(['a', 'b', 'c', 'd', 'e', 'f'], `, ms: 150`).replaceAll('/dev/null', log)
    await using all = await writeEvals({ slow: greets(data, 'concurrency: 1') })
    await using killed = talk(process.execPath, [MAIN, '--dir', all.dir, 'eval'], { NO_COLOR: '1' })
    await linesOf(log, 3)
    killed.signal('SIGKILL')
    await killed.ended
    const { code, stdout, stderr } = await runPolis(all.dir, ['eval', '--resume', '--json'])
    assert.equal(code, 0, stderr)
    assert.equal(resultsOf(stdout)[0]?.mean, 1)
    const lines = (await linesOf(log, 6)).join('')
    // The one that was under way may have been noted without being recorded.
    assert.match(lines, /^abcc?dd?ef$/)
  })

  test('Ctrl-C keeps what is done and says how to go on; another eval cancels what was interrupted', async () => {
    await using folder = await writeEvals({})
    const log = join(folder.dir, 'log')
    // So many that it is not over by the time that the next one has begun to look, on a busy machine too.
    const data = cases([...'abcdefghij'], ', ms: 300').replaceAll('/dev/null', log)
    await using project = await writeEvals({ slow: greets(data, 'concurrency: 1') })
    await using stopped = talk(process.execPath, [MAIN, '--dir', project.dir, 'eval'], { NO_COLOR: '1' })
    await linesOf(log, 2)
    stopped.signal('SIGINT')
    const { code, stderr } = await stopped.ended
    assert.equal(code, 130, stderr)
    assert.match(stderr, /^[1-9] results? (?:is|are) kept: 'polis eval --resume' goes on with the rest$/m)
    const next = await runPolis(project.dir, ['eval'])
    assert.equal(next.code, 0, next.stderr)
    assert.match(next.stderr, /^An interrupted eval \(run_\w+\) was cancelled; --resume would have gone on with it$/m)
  })

  test('Results of two releases are compared, and a regression fails', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f']
    await using project = await writeEvals({ greets: greets(cases(names), 'threshold: { regression: 0.05 }') })
    const [before] = resultsOf((await runPolis(project.dir, ['eval', '--json'])).stdout)
    const agent = await readFile(join(project.dir, 'agents/greeter.ts'), 'utf8')
    await project.write('agents/greeter.ts', agent.replace("'Hello, ' +", "'Hi, ' +"))
    const { code, stdout } = await runPolis(project.dir, ['eval', '--json'])
    const [after] = resultsOf(stdout)
    assert.equal(code, 1)
    assert.notEqual(after?.release, before?.release)
    assert.match(after?.verdict.failures[0] ?? '', /^regression: the mean fell from 1\.00 to 0\.00/)
    const compared = await runPolis(project.dir, ['eval', 'compare', before?.release ?? ''])
    assert.match(compared.stdout, /greets +6 +1\.00 +0\.00 +-1\.00 +-1\.00 … -1\.00 +0\.03 +worse/)
    assert.match(compared.stdout, /greets: 6 cases changed sides/)
    const list = await runPolis(project.dir, ['eval', 'list', '--release', before?.release ?? '', '--json'])
    assert.deepEqual(
      JSON.parse(list.stdout).items.map(({ run }: { run: string }) => run),
      [before?.run],
    )
    const none = await runPolis(project.dir, ['eval', 'compare', 'no-such-release'])
    assert.equal(none.code, 3)
    assert.match(none.stderr, /There is no result of 'no-such-release'/)
  })

  test('Eval files that are wrong are all named, with their options, and leave no run behind', async () => {
    await using project = await writeEvals({
      one: "agent: 'greter', data: [{ input: 1 }], scorers: { right: exact() }",
      two: "agent: 'greeter', data: [{ input: 1 }], scorers: {}",
    })
    const wrong = await runPolis(project.dir, ['eval'])
    assert.equal(wrong.code, 2)
    assert.match(
      wrong.stderr,
      /evals\/one\.eval\.ts: defineEval one: option agent: there is no agent 'greter'; did you mean 'greeter'\?/,
    )
    assert.match(wrong.stderr, /evals\/two\.eval\.ts: defineEval two: option scorers: expected scorers by name/)
    assert.deepEqual(JSON.parse((await runPolis(project.dir, ['runs', 'list', '--json'])).stdout).items, [])
    await project.remove('evals/one.eval.ts')
    await project.remove('evals/two.eval.ts')
    const filed = await writeEvals({
      filed: "agent: 'greeter', data: file('cases.jsonl'), scorers: { right: exact() }",
    })
    await filed.write('evals/cases.jsonl', '{"input":{"name":"Ada"}}\n{"inptu":1}\n')
    const wrongCase = await runPolis(filed.dir, ['eval'])
    assert.equal(wrongCase.code, 2)
    assert.match(wrongCase.stderr, /evals\/filed\.eval\.ts: data: file cases\.jsonl, line 2: expected a case/)
    const none = await runPolis(project.dir, ['eval', '--resume'])
    assert.equal(none.code, 3)
    assert.match(none.stderr, /--resume: there is no interrupted eval/)
  })

  test('A server runs evals of its project, loads changed ones in dev, and keeps their results', async () => {
    await using project = await writeEvals({ greets: greets(cases(['Ada']), 'threshold: 1') }, GREETER)
    await using polis = await startPolis(project.dir)
    const first = await runPolis(project.dir, ['eval', '--url', polis.url, '--json'])
    assert.equal(first.code, 0, first.stderr)
    assert.equal(resultsOf(first.stdout)[0]?.mean, 1)
    const text = await readFile(join(project.dir, 'evals/greets.eval.ts'), 'utf8')
    await project.write('evals/greets.eval.ts', text.replaceAll('Hello, Ada', 'Goodbye'))
    await polis.logged(/code loaded anew/)
    const second = await runPolis(project.dir, ['eval', '--url', polis.url])
    assert.equal(second.code, 1, second.stderr)
    const { items } = await polis.client.runs.list({ agent: 'polis.eval', tags: { agent: 'greeter' } })
    assert.equal(items.length, 2)
  })
})
