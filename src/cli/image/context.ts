import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { chmod, copyFile, lstat, lutimes, mkdir, readdir, readlink, symlink } from 'node:fs/promises'
import { dirname, join, matchesGlob } from 'node:path'
import { usualIgnores } from './dockerfile.ts'

/** A file or link of a project that goes into its image. */
interface ContextEntry {
  /** Relative to the project, with slashes. */
  readonly path: string
  readonly link?: string
  readonly isExecutable: boolean
}

// Whatever a .dockerignore says: what is secret, what is not the project's, and what every run changes.
const NEVER = ['.git', '.polis', 'node_modules', '.npmrc']

/** What goes into the image of a project, in a fixed order: never secrets, its state, its packages or its history; tests only where its .dockerignore lets them. */
export async function listContext(dir: string): Promise<readonly ContextEntry[]> {
  const names = await readdir(dir)
  // A .dockerignore of its own is read by the builder, which knows its language.
  const ignores = names.includes('.dockerignore') ? [] : await usualIgnores()
  return await walk(dir, '', ignores)
}

/**
 * Copies them to another folder, each with the same time, and with one of two modes: what they have on this machine is no part of the image.
 *
 * `epoch` in seconds.
 */
export async function stageContext(
  dir: string,
  entries: readonly ContextEntry[],
  to: string,
  epoch: number,
): Promise<void> {
  const folders = new Set(['.'])
  for (const { path, link, isExecutable } of entries) {
    const target = join(to, path)
    for (let folder = dirname(path); !folders.has(folder); folder = dirname(folder)) folders.add(folder)
    await mkdir(dirname(target), { recursive: true })
    if (link === undefined) {
      await copyFile(join(dir, path), target)
      await chmod(target, isExecutable ? 0o755 : 0o644)
    } else await symlink(link, target)
    await lutimes(target, epoch, epoch)
  }
  for (const folder of folders) await chmod(join(to, folder), 0o755)
}

/** A hash of all that goes into the image of a project: another one needs another image. */
export async function hashContext(dir: string, dockerfile: string): Promise<string> {
  const hash = createHash('sha256').update(`${dockerfile.length}\0${dockerfile}\0`)
  for (const { path, link, isExecutable } of await listContext(dir)) {
    const { size } = link === undefined ? await lstat(join(dir, path)) : { size: Buffer.byteLength(link) }
    hash.update(`${path}\0${isExecutable}\0${link !== undefined}\0${size}\0`)
    if (link !== undefined) hash.update(link)
    // A file may be larger than what fits into memory.
    else for await (const chunk of createReadStream(join(dir, path))) hash.update(chunk)
  }
  return hash.digest('hex')
}

async function walk(dir: string, below: string, ignores: readonly string[]): Promise<readonly ContextEntry[]> {
  const names = (await readdir(join(dir, below))).sort()
  const found: ContextEntry[] = []
  for (const name of names) {
    const path = below === '' ? name : `${below}/${name}`
    if (isSecret(name) || NEVER.includes(name) || ignores.some((pattern) => matchesGlob(path, pattern))) continue
    const stats = await lstat(join(dir, path))
    if (stats.isDirectory()) found.push(...(await walk(dir, path, ignores)))
    else if (stats.isSymbolicLink()) found.push({ path, link: await readlink(join(dir, path)), isExecutable: false })
    else if (stats.isFile()) found.push({ path, isExecutable: (stats.mode & 0o111) !== 0 })
  }
  return found
}

function isSecret(name: string): boolean {
  return name === '.env' || name.startsWith('.env.')
}
