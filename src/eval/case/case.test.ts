import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { writeProject } from '../../agent/project/fixture.ts'
import { parseCsv } from './csv.ts'
import { file, runs } from './data.ts'
import { readCases } from './read-file.ts'

test('CSV keeps what stands in quotes: commas, quotes and line ends', () => {
  const text = '\uFEFFname,text\r\nAda,"Hello, ""Ada""\nand all"\r\n\r\nBob,\r\n'
  assert.deepEqual(parseCsv(text), [
    { name: 'Ada', text: 'Hello, "Ada"\nand all' },
    { name: 'Bob', text: '' },
  ])
})

test('CSV with a megabyte in one field is read', () => {
  const text = 'x"y'.repeat(300_000)
  assert.deepEqual(parseCsv(`a,b\n"${text.replaceAll('"', '""')}",2\n`), [{ a: text, b: '2' }])
})

test('CSV whose quotes or fields do not add up says in which row', () => {
  assert.throws(() => parseCsv('a,b\n1,2\n3'), /row 3: expected 2 fields as in the heading, got 1/)
  assert.throws(() => parseCsv('a,b\n1,"2\n3,4'), /row 2: a quote stands in the wrong place/)
  assert.throws(() => parseCsv('a,b\n1,x"2'), /row 2: a quote/)
})

test('Columns of a CSV file become fields; numbers, truth values and JSON are read as such', async () => {
  const text =
    'name,tags,input.who.name,input.age,input.ok,expected\nfirst,"a, b",Ada,36,true,"[1,2]"\nsecond,,007,,,\n'
  await using project = await writeProject({ 'evals/cases.csv': text })
  assert.deepEqual(await readCases(file('cases.csv'), join(project.dir, 'evals/x.eval.ts')), [
    { name: 'first', tags: ['a', 'b'], input: { who: { name: 'Ada' }, age: 36, ok: true }, expected: [1, 2] },
    { name: 'second', input: { who: { name: '007' } } },
  ])
})

test('A column named after a prototype is a field like any other', async () => {
  await using project = await writeProject({ 'cases.csv': 'input.__proto__.x,input.y\n1,2\n' })
  const [first] = await readCases(file('cases.csv'), join(project.dir, 'x.eval.ts'))
  assert.equal(Object.hasOwn(first?.input as object, '__proto__'), true)
  assert.equal(Reflect.get({}, 'x'), undefined)
})

test('JSON lines and lists are read, empty lines are no cases', async () => {
  await using project = await writeProject({
    'a.jsonl': '{"input":1}\n\n{"input":{"x":2},"expected":3,"tags":["t"]}\n',
    'b.json': '[{"name":"n","input":null}]',
  })
  const from = join(project.dir, 'x.eval.ts')
  assert.deepEqual(await readCases(file('a.jsonl'), from), [
    { input: 1 },
    { input: { x: 2 }, expected: 3, tags: ['t'] },
  ])
  assert.deepEqual(await readCases(file('b.json'), from), [{ name: 'n', input: null }])
})

test('A file that is wrong is named, with the place in it', async () => {
  await using project = await writeProject({
    'bad.jsonl': '{"input":1}\n{"input":',
    'no-input.jsonl': '{"inputs":1}',
    'tags.json': '[{"input":1,"tags":"x"}]',
    'object.json': '{}',
  })
  const from = join(project.dir, 'x.eval.ts')
  const wrong = async (path: string, message: RegExp) =>
    assert.rejects(readCases(file(path), from), { code: 'INVALID_CONFIG', message })
  await wrong('bad.jsonl', /file bad\.jsonl, line 2: expected JSON/)
  await wrong('no-input.jsonl', /file no-input\.jsonl, line 1: expected a case/)
  await wrong('tags.json', /file tags\.json, case 1, tags: expected a list of texts/)
  await wrong('object.json', /expected a list of cases/)
  await wrong('missing.csv', /file missing\.csv cannot be read \(it counts from x\.eval\.ts\)/)
})

test('Sources say at once what they cannot be', () => {
  assert.throws(() => file('cases.xml'), /expected a path that ends in \.jsonl, \.json or \.csv, got 'cases\.xml'/)
  assert.throws(() => runs({ limit: 0 }), /option limit: expected a whole number from 1 to 1000, got 0/)
})
