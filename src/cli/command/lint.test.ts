import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { polis } from '../fake/polis.ts'

const BAD = `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  clusterIp: None
  ports: []
`

test('lint tells file, line, rule and why, and ends with 1 for an error', async (context) => {
  const cwd = await folderWith(context, { 'web/service.yaml': BAD })
  const { code, out } = await polis('lint web --rule unknown-field', {}, { cwd })
  assert.equal(code, 1)
  assert.match(
    out,
    /^web\/service\.yaml\n {2}6:3 +error {4}Service web spec\.clusterIp {2}There is no field 'clusterIp'; did you mean 'clusterIP'\? {2}unknown-field\n/,
  )
  assert.match(out, /The API server drops fields that it does not know/)
  assert.match(out, /1 object: 1 error, 0 warnings\n$/)
})

test('lint ends with 0 for warnings, and with 1 for them under --strict', async (context) => {
  const cwd = await folderWith(context, {
    'secret.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {a: aGk=}\n',
  })
  assert.equal((await polis('lint secret.yaml', {}, { cwd })).code, 0)
  assert.equal((await polis('lint secret.yaml --strict', {}, { cwd })).code, 1)
})

test('lint --json has each finding with its place, and --sarif writes them to a file', async (context) => {
  const cwd = await folderWith(context, { 'service.yaml': BAD })
  const { out } = await polis('lint service.yaml --rule unknown-field --sarif found.sarif --json', {}, { cwd })
  const { objects, findings } = JSON.parse(out) as { objects: number; findings: readonly Record<string, unknown>[] }
  assert.equal(objects, 1)
  const [found] = findings
  assert.deepEqual(
    [found?.file, found?.line, found?.rule, found?.object],
    ['service.yaml', 6, 'unknown-field', 'Service web'],
  )
  const sarif = JSON.parse(await readFile(join(cwd, 'found.sarif'), 'utf8')) as { version: string }
  assert.equal(sarif.version, '2.1.0')
})

test('lint --fix changes the file, and only what is left is told', async (context) => {
  const text =
    'apiVersion: policy/v1beta1 # old\nkind: PodDisruptionBudget\nmetadata:\n  name: web\nspec:\n  maxUnavailable: 1\n'
  const cwd = await folderWith(context, { 'budget.yaml': text })
  const { code, err } = await polis('lint budget.yaml --fix', {}, { cwd })
  assert.equal(code, 0)
  assert.match(err, /budget\.yaml: 1 fixed/)
  assert.equal(await readFile(join(cwd, 'budget.yaml'), 'utf8'), text.replace('policy/v1beta1', 'policy/v1'))
})

test('lint says that a chart is to be rendered first', async (context) => {
  const cwd = await folderWith(context, { 'chart/Chart.yaml': 'name: web\n', 'chart/templates/web.yaml': '{{ a }}' })
  const { code, err } = await polis('lint chart', {}, { cwd })
  assert.equal(code, 0)
  assert.match(err, /helm template chart \| polis lint -/)
})

test('lint refuses a path and a rule that are not there', async (context) => {
  const cwd = await folderWith(context, {})
  assert.match((await polis('lint nowhere', {}, { cwd })).err, /There is nothing at 'nowhere'/)
  assert.match((await polis('lint --rule unknown-fild', {}, { cwd })).err, /did you mean 'unknown-field'/)
})

async function folderWith(context: TestContext, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'polis-lint-'))
  context.after(() => rm(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  return folder
}
