import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PolisError } from '../../core/error.ts'

/** What an image is built by. */
export interface Dockerfile {
  readonly text: string
  /** Whether it is the project's own. */
  readonly isOwn: boolean
}

/** The project's Dockerfile where it has one, else the one that the package brings. */
export async function readDockerfile(dir: string): Promise<Dockerfile> {
  const own = await readOptional(join(dir, 'Dockerfile'))
  return own === undefined ? { text: await template('image.dockerfile'), isOwn: false } : { text: own, isOwn: true }
}

/**
 * Writes the package's Dockerfile and .dockerignore into the project, to be changed there. Answers their names.
 *
 * Never overwrites: rejects with CONFLICT where one is there.
 */
export async function ejectDockerfile(dir: string): Promise<readonly string[]> {
  const files = {
    Dockerfile: await template('image.dockerfile'),
    '.dockerignore': await template('image.dockerignore'),
  }
  for (const name of Object.keys(files)) {
    if ((await readOptional(join(dir, name))) !== undefined)
      throw new PolisError('CONFLICT', `${name} is there already`, {
        details: { hint: 'Move it away first, or keep it' },
      })
  }
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text, { flag: 'wx' })
  return Object.keys(files)
}

/** What the context of a project without a .dockerignore leaves out, a pattern a line. */
export async function usualIgnores(): Promise<readonly string[]> {
  return (await template('image.dockerignore')).split('\n').filter((line) => line !== '')
}

/** The text of a file; undefined where there is none. */
export async function readOptional(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (reason) {
    if (reason instanceof Error && 'code' in reason && ABSENT.includes(String(reason.code))) return undefined
    throw reason
  }
}

// In a folder that is a file there is none either.
const ABSENT = ['ENOENT', 'ENOTDIR']

function template(name: string): Promise<string> {
  return readFile(new URL(name, import.meta.url), 'utf8')
}
