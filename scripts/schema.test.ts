import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { it } from 'node:test'
import { readTable } from '../src/manifest/schema/read-table.ts'
import { makeTable } from './schema.ts'

const hasGo = spawnSync('go', ['version']).status === 0
const skip = hasGo ? false : 'Go is not there, so the table of schemas cannot be made again'

it('the table of schemas is what the modules say; else run node scripts/schema.ts', { skip }, () => {
  assert.deepEqual(readTable(), JSON.parse(JSON.stringify(makeTable())))
})
