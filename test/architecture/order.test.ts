import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readParts, rootFiles } from './parts.ts'
import { importsOf, localImportsOf, readSources } from './source.ts'

const parts = readParts()
const sources = readSources('src')

test('ARCHITECTURE.md lists every part of src, and each imports only parts above it', () => {
  const names = [...parts.keys()]
  const present = new Set(sources.map(({ path }) => partOf(path)).filter((part) => part !== undefined))
  assert.deepEqual(
    [...present].filter((part) => !parts.has(part)),
    [],
    'in src but not in the table',
  )
  for (const [index, [name, allowed]] of [...parts].entries()) {
    const below = [...allowed].filter((other) => !names.slice(0, index).includes(other))
    assert.deepEqual(below, [], `the table lets ${name} import what is not above it`)
  }
})

test('Every import in src follows the order of parts', () => {
  const wrong = sources.flatMap((source) =>
    localImportsOf(source)
      .filter((target) => !isAllowed(source.path, target))
      .map((target) => `${source.path} imports ${target}`),
  )
  assert.deepEqual(wrong, [])
})

test('Relative imports name a file that exists, with its extension', () => {
  const known = new Set(readSources('src', 'test', 'scripts', 'examples', 'bench').map(({ path }) => path))
  const all = readSources('src', 'test', 'scripts', 'bench')
  const wrong = all.flatMap((source) =>
    localImportsOf(source)
      .filter((target) => !known.has(target) && !target.endsWith('.json'))
      .map((target) => `${source.path} imports ${target}`),
  )
  assert.deepEqual(wrong, [])
})

test('Modules of Node are imported under the node: prefix', () => {
  const bare =
    /^(?:fs|path|os|url|util|events|stream|crypto|http|https|net|child_process|worker_threads|timers|assert)(?:\/|$)/
  const wrong = readSources('src', 'test', 'scripts', 'examples', 'bench').filter((source) =>
    importsOf(source).some((specifier) => bare.test(specifier)),
  )
  assert.deepEqual(
    wrong.map(({ path }) => path),
    [],
  )
})

test('The client imports no module of Node, so that it runs in a browser', () => {
  const client = sources.filter(({ path }) => path.startsWith('src/client/') && !path.endsWith('.test.ts'))
  const wrong = client.filter((source) => importsOf(source).some((specifier) => specifier.startsWith('node:')))
  assert.deepEqual(
    wrong.map(({ path }) => path),
    [],
  )
})

test('No files import each other in a cycle', () => {
  const graph = new Map(sources.map((source) => [source.path, localImportsOf(source)]))
  assert.deepEqual(cyclesIn(graph), [])
})

/** The part that a path belongs to; `undefined` for the files at the top of src. */
function partOf(path: string): string | undefined {
  return /^src\/([^/]+)\//.exec(path)?.[1]
}

function isAllowed(from: string, to: string): boolean {
  const source = partOf(from)
  const target = partOf(to)
  if (source === undefined) return !(rootFiles[from.slice('src/'.length)] ?? []).includes(target ?? '')
  if (target === undefined) return false
  return source === target || parts.get(source)?.has(target) === true
}

function cyclesIn(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>()
  const cycles: string[] = []
  function visit(path: string, trail: readonly string[]): void {
    if (trail.includes(path)) {
      cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '))
      return
    }
    if (done.has(path)) return
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path])
    done.add(path)
  }
  for (const path of graph.keys()) visit(path, [])
  return cycles
}
