import type { Execute, ExecuteOptions } from './execute.ts'

/** Where the code of a project comes from. */
export interface Revision {
  /** Address of the repository, without credentials; empty where it has none. */
  readonly source: string
  /** The commit, with `-dirty` where files differ from it; empty without git. */
  readonly commit: string
  /** When it was made, in seconds; 0 without git. */
  readonly epoch: number
}

/** Asks git; a project outside of it, or a machine without it, has no revision. SOURCE_DATE_EPOCH wins over a commit's time. */
export async function readRevision(dir: string, execute: Execute, options: ExecuteOptions): Promise<Revision> {
  const { show: _, ...quiet } = options
  const git = (...args: readonly string[]) =>
    // Not a repository, no commit, no remote, no git: nothing is known then, and nothing is wrong.
    execute('git', args, { ...quiet, cwd: dir }).then(
      (text) => text.trim(),
      () => '',
    )
  const [commit, at, changes, remote] = [
    await git('rev-parse', 'HEAD'),
    await git('log', '-1', '--format=%ct'),
    await git('status', '--porcelain', '--', '.'),
    await git('remote', 'get-url', 'origin'),
  ]
  return {
    source: withoutCredentials(remote),
    commit: commit === '' || changes === '' ? commit : `${commit}-dirty`,
    epoch: Number(options.env.SOURCE_DATE_EPOCH ?? at) || 0,
  }
}

function withoutCredentials(remote: string): string {
  if (!URL.canParse(remote)) return remote.replace(/^[^@/]+@/, '')
  const url = new URL(remote)
  url.username = ''
  url.password = ''
  return url.href
}
