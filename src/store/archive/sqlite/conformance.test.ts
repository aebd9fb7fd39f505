import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { manualClock } from '../../../core/manual-clock.ts'
import { runArchiveConformance } from '../../conformance/archive.ts'
import { openSqliteArchive } from './open.ts'

const folder = mkdtempSync(join(tmpdir(), 'polis-archive-'))
after(() => rmSync(folder, { recursive: true }))

let archives = 0
runArchiveConformance('sqlite', async () => {
  const path = join(folder, `${++archives}.db`)
  const open = () => openSqliteArchive({ path, clock: manualClock() })
  return { archive: await open(), reopen: open }
})
