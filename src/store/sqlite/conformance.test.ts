import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { runConformance } from '../conformance.ts'
import { runTransferConformance } from '../conformance-transfer.ts'
import { openPlayed } from './played.ts'

const folder = mkdtempSync(join(tmpdir(), 'polis-sqlite-'))
after(() => rmSync(folder, { recursive: true }))

let stores = 0
runConformance('sqlite', () => openPlayed(join(folder, `${++stores}.db`), 'process'))
runConformance('sqlite with fsync', () => openPlayed(join(folder, `${++stores}.db`), 'disk'))
runTransferConformance('sqlite', () => openPlayed(join(folder, `${++stores}.db`), 'process'))
