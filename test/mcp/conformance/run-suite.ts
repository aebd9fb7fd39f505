import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = join(import.meta.dirname, '../../..')
const SUITE = fileURLToPath(import.meta.resolve('@modelcontextprotocol/conformance/dist/index.js'))
const CLIENT = join(import.meta.dirname, 'client.ts')
const EXPECTED = join(import.meta.dirname, 'expected-failures.yml')

/** The requirement sets that our client is held against. */
export const REVISIONS = ['2026-07-28', '2025-11-25'] as const

/** What the suite said. */
export interface SuiteOutcome {
  readonly code: number | null
  readonly output: string
}

/** Runs the official suite against our client: all that a revision requires, or one scenario at its wire version. */
export async function runSuite(revision: (typeof REVISIONS)[number], scenario?: string): Promise<SuiteOutcome> {
  const folder = await mkdtemp(join(tmpdir(), 'polis-conformance-'))
  const what =
    scenario === undefined
      ? ['--requirements', revision, '--expected-failures', EXPECTED]
      : ['--scenario', scenario, '--spec-version', revision]
  const args = [SUITE, 'client', '--command', `${process.execPath} ${CLIENT}`, ...what, '--output-dir', folder]
  try {
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    const [code] = (await once(child, 'close')) as [number | null]
    return { code, output }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
