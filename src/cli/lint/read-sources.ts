import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'
import { PolisError } from '../../core/error.ts'
import type { SourceFile } from '../../manifest/lint/source.ts'
import type { Io } from '../io.ts'

/** What was read, and what was passed over. */
export interface ReadSources {
  readonly files: readonly SourceFile[]
  /** Folders of templates, which are to be rendered first. */
  readonly templates: readonly string[]
}

const MANIFEST = /\.(ya?ml|json)$/
const PASSED_OVER = new Set(['node_modules', '.git'])

/**
 * Reads files and folders of manifests; `-` is standard input.
 *
 * A file that is named is read whatever it is called. Rejects with NOT_FOUND for a path that does not exist.
 */
export async function readSources(
  paths: readonly string[],
  { cwd, stdin }: Pick<Io, 'cwd' | 'stdin'>,
): Promise<ReadSources> {
  const files: SourceFile[] = []
  const templates: string[] = []
  for (const path of paths) {
    if (path === '-') {
      files.push({ name: '<stdin>', text: await readAll(stdin) })
      continue
    }
    for await (const found of filesIn(resolve(cwd, path), path, templates)) {
      files.push({ name: relative(cwd, found) || found, text: await readFile(found, 'utf8') })
    }
  }
  return { files, templates: templates.map((folder) => relative(cwd, folder)) }
}

async function readAll({ stream }: Io['stdin']): Promise<string> {
  let text = ''
  stream.setEncoding('utf8')
  for await (const chunk of stream) text += String(chunk)
  return text
}

async function* filesIn(path: string, given: string, templates: string[]): AsyncGenerator<string> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new PolisError(
      'NOT_FOUND',
      `There is nothing at '${given}': expected a file or a folder of manifests, or -`,
      { cause, details: { hint: 'Paths are relative to where you are; - reads standard input' } },
    )
  })
  if (!found.isDirectory()) yield path
  else yield* inFolder(path, templates)
}

async function* inFolder(folder: string, templates: string[]): AsyncGenerator<string> {
  const entries = (await readdir(folder, { withFileTypes: true })).toSorted((one, other) =>
    one.name < other.name ? -1 : 1,
  )
  if (entries.some(({ name }) => name === 'Chart.yaml')) {
    templates.push(folder)
    return
  }
  for (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.isDirectory() && !PASSED_OVER.has(basename(path))) yield* inFolder(path, templates)
    else if (entry.isFile() && MANIFEST.test(entry.name)) yield path
  }
}
