import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { proveModel } from '../conformance/model.ts'
import { openPlayed } from './played.ts'

const folder = mkdtempSync(join(tmpdir(), 'polis-sqlite-model-'))
after(() => rmSync(folder, { recursive: true }))

// Two connections to one file against the memory store: the same history must leave the same data.
let stores = 0
proveModel('sqlite', () => openPlayed(join(folder, `${++stores}.db`), 'process'))
