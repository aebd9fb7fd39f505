import assert from 'node:assert/strict'
import { test } from 'node:test'
import { blank } from './blank.ts'
import { functionsOf, importsOf, readSources, type SourceFile } from './source.ts'

const self = readSources('test/architecture')

test('Imports of values, types and nothing, static and dynamic, are all found', () => {
  const [sample] = self.filter(({ path }) => path.endsWith('order.test.ts'))
  assert.ok(sample)
  assert.deepEqual(importsOf(sample), ['node:assert/strict', 'node:test', './parts.ts', './source.ts'])
  const made = fileOf(
    "import './a.ts'\nexport type {\n  B,\n} from './b.ts'\nconst c = await import('./c.ts')\n// from './d.ts'\n",
  )
  assert.deepEqual(importsOf(made).sort(), ['./a.ts', './b.ts', './c.ts'])
})

test('Function bodies are found, and blocks and objects are not taken for them', () => {
  const code = 'function a(b: string): void {\n  if (b) {\n  }\n}\nconst c = (d) => {\n}\nconst e = { f() {\n\n\n} }\n'
  assert.deepEqual(
    functionsOf(fileOf(code)).map(({ line, lines }) => [line, lines]),
    [
      [1, 4],
      [5, 2],
      [7, 4],
    ],
  )
})

test('Strings, comments, regular expressions and templates are blanked, what a template embeds is not', () => {
  const lines = ["a('{') // {", '/[/{]/.test(b) / c', '`{ $' + '{d ? `{$' + "{e({})}` : ''} {`", '/* {', ' */ f']
  const blanked = blank(lines.join('\n')).split('\n')
  assert.deepEqual(
    blanked.map((line) => line.trim()),
    ["a(' ')", '.test(b) / c', "d ?     e({})   : ''", '', 'f'],
  )
  assert.deepEqual(
    blanked.map(({ length }) => length),
    lines.map(({ length }) => length),
  )
})

test('Braces of every file of the project match once strings and comments are blanked', () => {
  const all = readSources('src', 'test', 'scripts', 'examples', 'bench')
  const odd = all.filter(({ code }) => code.split('{').length !== code.split('}').length)
  assert.deepEqual(
    odd.map(({ path }) => path),
    [],
  )
})

function fileOf(text: string): SourceFile {
  return { path: 'sample.ts', text, code: blank(text) }
}
