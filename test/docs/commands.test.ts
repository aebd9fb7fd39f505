import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
// The manifest is our own file; only its scripts are read here.
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }

test('README tells the two commands, to start and to test', () => {
  const readme = read('README.md')
  assert.match(readme, /^npm start$/m)
  assert.match(readme, /^npm test$/m)
})

test('Every npm command that the documentation names exists', () => {
  for (const path of ['README.md', 'CONTRIBUTING.md']) {
    const named = [...read(path).matchAll(/npm run ([a-z:-]+)/g)].map(([, name = '']) => name)
    assert.deepEqual(
      named.filter((name) => scripts[name] === undefined),
      [],
      path,
    )
  }
})

test('CONTRIBUTING names every npm script that a developer may run', () => {
  const hooks = ['prepack', 'start', 'test']
  const contributing = read('CONTRIBUTING.md')
  const untold = Object.keys(scripts).filter(
    (name) => !hooks.includes(name) && !contributing.includes(`npm run ${name}`),
  )
  assert.deepEqual(untold, [])
})
