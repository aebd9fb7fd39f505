import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PolisError } from '../../core/error.ts'
import type { Execute } from './execute.ts'
import { readRevision } from './revision.ts'

const signal = new AbortController().signal

function git(answers: Readonly<Record<string, string>>): Execute {
  return async (_, [command = '']) => {
    const answer = answers[command]
    if (answer === undefined) throw new PolisError('BUILD_FAILED', 'no repository')
    return `${answer}\n`
  }
}

test('a revision has no credentials, and says when files differ from the commit', async () => {
  const remote = 'https://user:token@git.example/shop/desk.git'
  const execute = git({ 'rev-parse': 'abc', log: '1790000000', status: ' M a.ts', remote })
  assert.deepEqual(await readRevision('/p', execute, { env: {}, signal }), {
    ...{ source: 'https://git.example/shop/desk.git', commit: 'abc-dirty', epoch: 1_790_000_000 },
  })
  const ssh = git({ 'rev-parse': 'abc', log: '1', status: '', remote: 'git@git.example:shop/desk.git' })
  assert.deepEqual(await readRevision('/p', ssh, { env: { SOURCE_DATE_EPOCH: '7' }, signal }), {
    ...{ source: 'git.example:shop/desk.git', commit: 'abc', epoch: 7 },
  })
})

test('without git nothing is known, and time stands at its beginning', async () => {
  assert.deepEqual(await readRevision('/p', git({}), { env: {}, signal }), { source: '', commit: '', epoch: 0 })
})
