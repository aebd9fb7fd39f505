import { execFile } from 'node:child_process'
import { tmpdir } from 'node:os'
import { promisify } from 'node:util'

/** A module in Go's own cache. */
export interface GoModule {
  /** Its folder, read-only. */
  readonly Dir: string
  /** The path of its go.mod. */
  readonly GoMod: string
}

/** Fetches a module through Go's own proxy, whose sums are checked, and says where it is. */
export async function goModule(path: string, version: string): Promise<GoModule> {
  const args = ['mod', 'download', '-json', `${path}@${version}`]
  // Outside any module: what this machine works on beside does not count.
  const { stdout } = await promisify(execFile)('go', args, { cwd: tmpdir(), env: goEnvironment() })
  return JSON.parse(stdout) as GoModule
}

/** The environment in which Go builds the same programs on every machine. */
export function goEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, CGO_ENABLED: '0', GOWORK: 'off', GOFLAGS: '-buildvcs=false' }
}
