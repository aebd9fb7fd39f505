import assert from 'node:assert/strict'
import { test } from 'node:test'
import { functionsOf, lineAt, readSources } from './source.ts'

/** Where the process may be read or ended besides `src/main.ts`, and why. */
const processAllowed: Readonly<Record<string, string>> = {
  'src/server/worker/guard.ts': "keeps agents' code from ending the thread that it shares",
  'src/server/worker/thread.ts': 'ends the thread of agents, not the process',
}

const everything = readSources('src', 'test', 'scripts', 'examples', 'bench')
// A conformance suite is a test by another name: its functions hold suites.
const product = readSources('src').filter(({ path }) => !/\.test\.ts$|\/conformance\//.test(path))

test('No file is longer than 400 lines', () => {
  const long = everything.map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
  assert.deepEqual(
    long.filter(({ lines }) => lines > 400),
    [],
  )
})

test('No function of src is longer than 60 lines', () => {
  const long = product.flatMap((source) =>
    functionsOf(source)
      .filter(({ lines }) => lines > 60)
      .map(({ line, lines }) => `${source.path}:${line} has ${lines} lines`),
  )
  assert.deepEqual(long, [])
})

test('Files and folders have kebab-case names', () => {
  const name = /^(?:\.?[a-z0-9]+(?:-[a-z0-9]+)*)(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)*$/
  const wrong = everything.map(({ path }) => path).filter((path) => !path.split('/').every((word) => name.test(word)))
  assert.deepEqual(wrong, [])
})

test('Folders are nouns of the domain', () => {
  const forbidden = ['utils', 'util', 'helpers', 'helper', 'types', 'common', 'classes', 'misc', 'lib']
  const wrong = everything
    .map(({ path }) => path)
    .filter((path) => path.split('/').some((word) => forbidden.includes(word)))
  assert.deepEqual(wrong, [])
})

test('Only main.ts reads arguments and environment, listens to signals and ends the process', () => {
  const touches =
    /\bprocess\.(?:exit\b|exitCode\b|argv\b|env\b|on\()|\bimport\s*\{[^}]*\b(?:exit|argv|env)\b[^}]*\}\s*from\s*'\s+'/g
  const wrong = product
    .filter(({ path }) => path !== 'src/main.ts' && processAllowed[path] === undefined)
    .flatMap(({ path, code }) =>
      [...code.matchAll(touches)].map((found) => `${path}:${lineAt(code, found.index)} ${found[0]}`),
    )
  assert.deepEqual(wrong, [])
})

test('Every file that is allowed to touch the process exists and does so', () => {
  const idle = Object.keys(processAllowed).filter(
    (allowed) => !product.some(({ path, code }) => path === allowed && /\bprocess\./.test(code)),
  )
  assert.deepEqual(idle, [])
})
