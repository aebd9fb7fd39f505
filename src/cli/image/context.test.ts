import assert from 'node:assert/strict'
import { chmod, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { hashContext, listContext, stageContext } from './context.ts'

const FILES = [
  'agents/a.ts',
  'agents/a.test.ts',
  'tests/a.ts',
  'package.json',
  '.env',
  '.env.local',
  '.npmrc',
  '.git/HEAD',
]
const STATE = ['.polis/store.db', 'node_modules/x/package.json', 'ops/node_modules/y.js', 'ops/server.ts']

test('an image gets neither secrets nor state, history, packages or tests', async (t) => {
  const dir = await project(t)
  const paths = (await listContext(dir)).map(({ path }) => path)
  assert.deepEqual(paths, ['agents/a.ts', 'ops/server.ts', 'package.json'])
})

test('a .dockerignore is the builder’s to read, but secrets stay out', async (t) => {
  const dir = await project(t)
  await writeFile(join(dir, '.dockerignore'), '!.env\n')
  const paths = (await listContext(dir)).map(({ path }) => path)
  assert.deepEqual(paths, [
    '.dockerignore',
    'agents/a.test.ts',
    'agents/a.ts',
    'ops/server.ts',
    'package.json',
    'tests/a.ts',
  ])
})

test('what is staged has one time, and modes that depend on no machine', async (t) => {
  const dir = await project(t)
  await chmod(join(dir, 'package.json'), 0o600)
  await chmod(join(dir, 'ops/server.ts'), 0o700)
  await symlink('server.ts', join(dir, 'ops/link.ts'))
  const to = await mkdtemp(join(tmpdir(), 'polis-staged-'))
  t.after(() => rm(to, { recursive: true, force: true }))
  await stageContext(dir, await listContext(dir), to, 1000)
  const modeOf = async (path: string) => (await stat(join(to, path))).mode & 0o777
  assert.deepEqual(
    [await modeOf('package.json'), await modeOf('ops/server.ts'), await modeOf('ops'), await modeOf('.')],
    [0o644, 0o755, 0o755, 0o755],
  )
  assert.equal((await stat(join(to, 'package.json'))).mtimeMs, 1_000_000)
  assert.deepEqual((await readdir(join(to, 'ops'))).sort(), ['link.ts', 'server.ts'])
})

test('a changed file or Dockerfile changes the hash; a changed test does not', async (t) => {
  const dir = await project(t)
  const before = await hashContext(dir, 'FROM a')
  await writeFile(join(dir, 'agents/a.test.ts'), 'changed')
  assert.equal(await hashContext(dir, 'FROM a'), before)
  assert.notEqual(await hashContext(dir, 'FROM b'), before)
  await writeFile(join(dir, 'ops/server.ts'), 'changed')
  assert.notEqual(await hashContext(dir, 'FROM a'), before)
})

async function project(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'polis-context-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  for (const path of [...FILES, ...STATE]) {
    await mkdir(dirname(join(dir, path)), { recursive: true })
    await writeFile(join(dir, path), path)
  }
  return dir
}
