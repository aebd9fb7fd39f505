import { mkdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { PolisError } from '../../core/error.ts'
import { projectFiles } from './template.ts'

/** What scaffolding did; paths are relative to the project. */
export interface Scaffolded {
  readonly written: readonly string[]
  /** Files that were there already, and were left alone. */
  readonly kept: readonly string[]
}

/**
 * Writes a small project into a folder, which is made when it is not there. `version` is the version of Agentpolis that it asks for.
 *
 * Never overwrites. Throws INVALID_ARGUMENT when the folder cannot be written.
 */
export async function scaffold(dir: string, version: string): Promise<Scaffolded> {
  const written: string[] = []
  const kept: string[] = []
  for (const [path, content] of Object.entries(projectFiles(packageName(dir), version))) {
    const isNew = await writeNew(join(dir, path), content)
    if (isNew) written.push(path)
    else kept.push(path)
  }
  return { written, kept }
}

// `wx` makes the check and the creation one act, so that nothing is overwritten even by two at once.
async function writeNew(file: string, content: string): Promise<boolean> {
  try {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, content, { flag: 'wx' })
    return true
  } catch (cause) {
    if (
      cause instanceof Error &&
      'code' in cause &&
      cause.code === 'EEXIST' &&
      'syscall' in cause &&
      cause.syscall === 'open'
    )
      return false
    throw new PolisError(
      'INVALID_ARGUMENT',
      `DIR: expected a folder that can be written, got ${file}: ${PolisError.from(cause).message}`,
      {
        cause,
        details: { hint: 'Give another folder, or change its permissions' },
      },
    )
  }
}

function packageName(dir: string): string {
  const name = basename(dir)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  return name === '' ? 'my-agents' : name.slice(0, 100)
}
