import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Command } from 'commander'
import { describeProgram } from '../../src/cli/describe-program.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const pages = globSync('docs/guide/*.md', { cwd: root }).sort()

/** Code blocks of one language, with the page that each is in. */
function blocksIn(language: string): { readonly page: string; readonly code: string }[] {
  return pages.flatMap((page) =>
    [...readFileSync(join(root, page), 'utf8').matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
      .filter(([, found]) => found === language)
      .map(([, , code = '']) => ({ page, code })),
  )
}

test('Every TypeScript block of the guide is a module that loads', async (context) => {
  // Inside the project, so that packages are found.
  const folder = mkdtempSync(join(root, 'test/docs/.guide-'))
  context.after(() => rmSync(folder, { recursive: true }))
  const blocks = blocksIn('ts')
  assert.ok(blocks.length > 0)
  for (const [at, { page, code }] of blocks.entries()) {
    const file = join(folder, `${at}.ts`)
    writeFileSync(file, code.replaceAll("'agentpolis'", JSON.stringify(pathToFileURL(join(root, 'src/index.ts')).href)))
    const loaded: { readonly default?: unknown } = await import(pathToFileURL(file).href)
    assert.equal(typeof loaded.default, 'object', `${page}, TypeScript block ${at + 1}`)
  }
})

test('Every TypeScript block of the guide keeps to the types of the package', (context) => {
  const folder = mkdtempSync(join(root, 'test/docs/.types-'))
  context.after(() => rmSync(folder, { recursive: true }))
  for (const [at, { page, code }] of blocksIn('ts').entries()) {
    writeFileSync(join(folder, `${basename(page, '.md')}-${at + 1}.ts`), code)
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ extends: '../../../tsconfig.json', include: ['*.ts'] }))
  const { status, stdout } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', folder], { encoding: 'utf8' })
  assert.equal(status, 0, stdout)
})

test('Every polis command of the guide exists, with its options and arguments', () => {
  const calls = blocksIn('sh').flatMap(({ page, code }) =>
    [...code.matchAll(/\bnpx (?:polis|agentpolis)\b([^|>\n]*)/g)].map(([, words = '']) => ({
      page,
      words: split(words),
    })),
  )
  assert.ok(calls.length > 10)
  for (const { page, words } of calls)
    assert.equal(problemOf(describeProgram(), words), undefined, `${page}: polis ${words.join(' ')}`)
})

function split(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
}

/** Parses a call without acting on it. */
function problemOf(program: Command, words: readonly string[]): string | undefined {
  for (const command of everyCommand(program)) command.action(() => {})
  try {
    program.parse([...words], { from: 'user' })
    return undefined
  } catch (reason) {
    return String(reason)
  }
}

function everyCommand(command: Command): readonly Command[] {
  return command.commands.flatMap((each) => (each.commands.length === 0 ? [each] : everyCommand(each)))
}
