import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { PolisError } from '../../core/error.ts'
import type { SourceFile } from '../../manifest/lint/source.ts'
import { createCatalogue } from '../../manifest/lint/world/metric-catalogue.ts'
import { ownMetrics } from '../../manifest/lint/world/own-metrics.ts'
import { scanSource } from '../../manifest/lint/world/scan-source.ts'
import type { Surroundings } from '../../manifest/lint/world.ts'

/** Where to look for what the manifests do not say. */
export interface SurroundingsOptions {
  /** Folders of source, absolute. */
  readonly sources: readonly string[]
  readonly cwd: string
  readonly now: Date
  /** Whether the manifests are those of a project, whose pods run our own runtime. */
  readonly own: boolean
}

const CODE = /\.([cm]?[jt]sx?|py|go)$/
const PASSED_OVER = new Set(['node_modules', '.git', 'dist', 'vendor', '__pycache__'])

/** What is known beside the files: the time, and the metrics of our own runtime and of an application's source. */
export async function createSurroundings({ sources, cwd, now, own }: SurroundingsOptions): Promise<Surroundings> {
  if (sources.length === 0 && !own) return { now }
  const files = (await Promise.all(sources.map((folder) => readCode(folder, cwd)))).flat()
  const scan = scanSource(files)
  return { now, metrics: createCatalogue(new Map([...(own ? ownMetrics() : []), ...scan.metrics]), scan.isOpen) }
}

async function readCode(folder: string, cwd: string): Promise<readonly SourceFile[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new PolisError('NOT_FOUND', `--source: there is no folder '${relative(cwd, folder)}'`, {
      ...{ cause, details: { hint: "Give the folder of the application's code" } },
    })
  })
  const found = await Promise.all(
    entries.map(async (entry): Promise<readonly SourceFile[]> => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return PASSED_OVER.has(entry.name) ? [] : await readCode(path, cwd)
      if (!entry.isFile() || !CODE.test(entry.name)) return []
      return [{ name: relative(cwd, path), text: await readFile(path, 'utf8') }]
    }),
  )
  return found.flat()
}
