import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'

/** What a release id covers. All paths are absolute. */
export interface ReleaseInput {
  /** Folder of the project: paths count relative to it, so that the id is the same on every machine. */
  readonly dir: string
  /** The agent's file; all that it reaches by relative imports is covered too. */
  readonly file: string
  /** The project file, with all that it reaches. */
  readonly config?: string
  /** Files that the agent reads when it is loaded: its instructions. */
  readonly texts?: readonly string[]
  /** The lock file, which stands for every installed package. */
  readonly lock?: string
}

// Over-matching is harmless: what is no file is left out. `import x from './y'`, `export … from`, `import './y'`, `import('./y')`, `require('./y')`.
const IMPORT = /(?:\bfrom|\bimport|\bimport\s*\(|\brequire\s*\()\s*(['"`])(\.{1,2}\/[^'"`\n]+)\1/g
// `instructions: { file: 'path' }`, relative to the project; here too, what is no file is left out.
const TEXT_FILE = /\binstructions\b[^{}\n]{0,40}\{\s*file\s*:\s*(['"`])([^'"`\n]+)\1/g
const EXTENSIONS = ['', '.ts', '.js', '.mjs', '.cjs', '.json', '/index.ts', '/index.js']
const LOCKS = ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock']

/**
 * The release id of an agent: twelve hexadecimal digits of a hash over its code, the project file and the lock file (G9).
 *
 * Files of instructions that the code names in place, `instructions: { file: '…' }`, are covered like imports. Line ends do not count, nor
 * does where the project lies. Code reached in other ways (a package of the same workspace, a path made at run time) is not covered.
 */
export async function releaseOf({ dir, file, config, lock, texts = [] }: ReleaseInput): Promise<string> {
  const sources = new Map<string, string>()
  for (const root of config === undefined ? [file] : [file, config]) await gather(root, dir, sources)
  for (const text of texts) sources.set(text, normalise(await readFile(text)))
  const parts = [...sources].map(([path, text]) => [relative(dir, path).split(sep).join('/'), text] as const)
  if (lock !== undefined) parts.push([`lock:${basename(lock)}`, normalise(await readFile(lock))])
  const hash = createHash('sha256')
  for (const [path, text] of parts.sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`${path}\0${text.length}\0${text}\0`)
  return hash.digest('hex').slice(0, 12)
}

/** The lock file of a project: its own, else that of the workspace it belongs to. */
export async function findLock(dir: string): Promise<string | undefined> {
  const own = await firstFile(dir, LOCKS)
  if (own !== undefined) return own
  for (let above = dirname(dir); above !== dirname(above); above = dirname(above)) {
    if (await isWorkspace(above)) return firstFile(above, LOCKS)
  }
  return undefined
}

async function gather(file: string, dir: string, sources: Map<string, string>): Promise<void> {
  if (sources.has(file)) return
  const text = normalise(await readFile(file))
  sources.set(file, text)
  for (const [, , specifier = ''] of text.matchAll(IMPORT)) {
    const path = toPath(specifier.replace(/[?#].*$/, ''))
    const found = await firstFile(
      dirname(file),
      EXTENSIONS.map((extension) => path + extension),
    )
    if (found !== undefined) await gather(found, dir, sources)
  }
  for (const [, , path = ''] of text.matchAll(TEXT_FILE)) {
    const found = resolve(dir, toPath(path))
    if (!sources.has(found) && (await isFile(found))) sources.set(found, normalise(await readFile(found)))
  }
}

// The source is held as Latin-1, the names in it are UTF-8.
function toPath(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8')
}

async function firstFile(dir: string, names: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    const path = resolve(dir, name)
    if (await isFile(path)) return path
  }
  return undefined
}

async function isWorkspace(dir: string): Promise<boolean> {
  if (await isFile(join(dir, 'pnpm-workspace.yaml'))) return true
  const text = await readFile(join(dir, 'package.json'), 'utf8').catch(() => '')
  return /"workspaces"\s*:/.test(text)
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  )
}

// Latin-1 keeps every byte of a file that is no text.
function normalise(content: Buffer): string {
  return content.toString('latin1').replaceAll('\r\n', '\n')
}
