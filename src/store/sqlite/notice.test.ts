import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { type CommitHint, createNotice } from './notice.ts'

test('What another thread of this process committed is told run by run', async () => {
  using two = openTwo()
  const hint = manualHint()
  const notice = createNotice(two.own, hint)
  const told = new Promise((resolve) => {
    notice.watch((runs, quiet) => resolve([runs, quiet]))
  })
  two.write()
  hint.say(new Set(['r1', 'r2']), new Set(['r2']))
  assert.deepEqual(await told, [new Set(['r1', 'r2']), new Set(['r2'])])
  notice.stop()
})

test('What another process commits is told of, also while other threads tell of theirs', async () => {
  using two = openTwo()
  const hint = manualHint()
  const notice = createNotice(two.own, hint)
  const told = new Promise<void>((resolve) => {
    notice.watch((runs) => {
      if (runs === undefined) resolve()
      else hint.say(new Set(['r1']), new Set())
    })
  })
  hint.say(new Set(['r1']), new Set())
  two.write()
  await told
  notice.stop()
})

function openTwo() {
  const folder = mkdtempSync(join(tmpdir(), 'polis-notice-'))
  const [own, other] = [new DatabaseSync(join(folder, 'a.db')), new DatabaseSync(join(folder, 'a.db'))]
  own.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (a)')
  return {
    own,
    write: () => other.exec('INSERT INTO t VALUES (1)'),
    [Symbol.dispose]() {
      own.close()
      other.close()
      rmSync(folder, { recursive: true })
    },
  }
}

function manualHint(): CommitHint & { say: Parameters<CommitHint['listen']>[0] } {
  const listeners = new Set<Parameters<CommitHint['listen']>[0]>()
  return {
    post: () => {},
    listen: (heard) => {
      listeners.add(heard)
      return () => void listeners.delete(heard)
    },
    say: (runs, quiet) => {
      for (const heard of listeners) heard(runs, quiet)
    },
  }
}
