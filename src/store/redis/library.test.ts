import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { RUN_STATUSES } from '../../core/run.ts'
import { readLibrary } from './library.ts'

describe('the Lua library', () => {
  it('is named by its text, and names its functions so', () => {
    const { name, text } = readLibrary()
    assert.match(name, /^polis_[0-9a-f]{12}$/)
    assert.ok(text.startsWith(`#!lua name=${name}\n`))
    for (const kind of ['write', 'read']) assert.ok(text.includes(`function_name = '${name}_${kind}'`))
  })

  it('lists runs of every status where no status is asked for', () => {
    const [, listed = ''] = /^local STATUSES = \{([^}]*)\}/m.exec(readLibrary().text) ?? []
    assert.deepEqual([...listed.matchAll(/'(\w+)'/g)].map(([, status]) => status).sort(), RUN_STATUSES.toSorted())
  })
})
