import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Fixture, writeProject } from './project/fixture.ts'
import { findLock, releaseOf } from './release.ts'

const FILES = {
  'agents/report.ts': "import { a } from '../lib/a.ts'\nimport prompt from './prompt.json' with { type: 'json' }\n",
  'agents/prompt.json': '{}\n',
  'lib/a.ts': "export * from './b.ts'\nconst later = () => import('./c.ts')\n",
  'lib/b.ts': "import './a.ts'\n",
  'lib/c.ts': 'export const c = 1\n',
  'lib/other.ts': 'export const other = 1\n',
  'agents/other.ts': "import '../lib/other.ts'\n",
  'polis.config.ts': 'export default {}\n',
  'package-lock.json': '{}\n',
  'README.md': 'read me\n',
} as const
const COVERED = Object.keys(FILES).filter((file) => !file.includes('other') && file !== 'README.md')

test('A release id is twelve hexadecimal digits and the same in another folder', async () => {
  await using here = await writeProject(FILES)
  await using there = await writeProject(FILES)
  assert.match(await release(here), /^[0-9a-f]{12}$/)
  assert.equal(await release(here), await release(there))
})

test('A release id changes with every file that the agent reaches, and with no other', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...Object.keys(FILES)), fc.stringMatching(/^[a-z]{1,8}$/), async (file, text) => {
      await using project = await writeProject(FILES)
      const before = await release(project)
      await project.write(file, `${FILES[file as keyof typeof FILES]}// ${text}\n`)
      assert.equal((await release(project)) !== before, COVERED.includes(file), file)
    }),
    { numRuns: 30, seed: 1 },
  )
})

test('A release id does not change with the line ends', async () => {
  await using project = await writeProject(FILES)
  await using windows = await writeProject(mapValues(FILES, (text) => text.replaceAll('\n', '\r\n')))
  assert.equal(await release(project), await release(windows))
})

test('A release id changes when the lock file is removed, and when a file moves', async () => {
  await using project = await writeProject(FILES)
  const before = await release(project)
  await project.remove('package-lock.json')
  assert.notEqual(await release(project), before)
})

test('The lock file of a workspace counts for its projects, one of a stranger does not', async () => {
  await using root = await writeProject({ 'yarn.lock': '', 'app/package.json': '{}' })
  assert.equal(await findLock(join(root.dir, 'app')), undefined)
  await root.write('package.json', '{ "workspaces": ["app"] }')
  assert.equal(await findLock(join(root.dir, 'app')), join(root.dir, 'yarn.lock'))
})

async function release({ dir }: Fixture): Promise<string> {
  const lock = await findLock(dir)
  const config = join(dir, 'polis.config.ts')
  return releaseOf({ dir, file: join(dir, 'agents/report.ts'), config, ...(lock === undefined ? {} : { lock }) })
}

function mapValues(values: Readonly<Record<string, string>>, map: (value: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value)]))
}
