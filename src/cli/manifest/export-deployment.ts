import { readdir, rm } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { PolisError } from '../../core/error.ts'
import { type ChartFile, EXPORTED, exportChart } from '../../manifest/helm/export-chart.ts'
import { MARKS, markDeployment } from '../../manifest/helm/mark.ts'
import type { Cli, Context } from '../context.ts'
import { readOptional } from '../image/dockerfile.ts'
import { parseJson } from '../image/parse-json.ts'
import { writeOut } from '../write-out.ts'

/** Its options. */
export interface ExportFlags {
  readonly env?: string
  readonly output: string
  readonly image?: string
}

/** Writes the chart. */
export async function exportDeployment(
  { env: environment, output, image }: ExportFlags,
  context: Context,
  cli: Cli,
): Promise<void> {
  const { dir, io } = context
  const plan = await cli.ports.plan({ dir, environment, image })
  const alter = (deployment: unknown) => markDeployment(deployment, environment, plan)
  const marked = await cli.ports.plan({ dir, environment, image: MARKS.image, alter })
  for (const warning of plan.warnings) context.note(`warning: ${warning}`)
  const files = exportChart(plan, marked, await versionOf(dir))
  await writeChart(resolve(io.cwd, output), files)
  show(context, resolve(io.cwd, output), files)
}

function show(context: Context, folder: string, files: readonly ChartFile[]): void {
  if (context.json) return context.document({ folder, files: files.map(({ path }) => path) })
  const shown = relative(context.io.cwd, folder) || '.'
  context.print(...files.map(({ path }) => join(shown, path)))
}

async function writeChart(folder: string, files: readonly ChartFile[]): Promise<void> {
  const chart = await readOptional(join(folder, 'Chart.yaml'))
  const isEmpty = (await readdir(folder).catch(() => [])).length === 0
  if (!isEmpty && !chart?.includes(EXPORTED))
    throw new PolisError(
      'CONFLICT',
      `--output: expected an empty folder, or a chart that was exported, got ${folder}`,
      {
        details: { hint: 'Give another folder' },
      },
    )
  // What an earlier export made and this one does not would be installed still.
  if (!isEmpty) await rm(join(folder, 'templates'), { recursive: true, force: true })
  for (const { path, text } of files) await writeOut(join(folder, path), text, '--output')
}

async function versionOf(dir: string): Promise<string> {
  const { version } = parseJson((await readOptional(join(dir, 'package.json'))) ?? '{}', 'package.json') as {
    readonly version?: unknown
  }
  return typeof version === 'string' ? version : '0.0.0'
}
