import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import type { Store } from '../../store/store.ts'
import { COMPRESSIONS, type Compression } from '../../store/transfer/compression.ts'
import type { Exported } from '../../store/transfer/export-file.ts'
import { type Cli, type Context, contextOf, showJson } from '../context.ts'
import { createProgress, describeTotals } from '../store/progress.ts'
import { useStore } from '../store/use-store.ts'

interface ExportFlags {
  readonly resume?: boolean
  readonly compress: Compression
}

/** Adds `polis store export`. */
export function addStoreExport(store: Command, cli: Cli): void {
  store
    .command('export')
    .description(
      'write everything that the store holds to a file, while it is in use; each run is whole and consistent',
    )
    .argument('<file>', 'where to; a name that ends in .gz or .zst is compressed, - is standard output')
    .option('--resume', 'go on with an export that was ended before it was whole (FILE.part)')
    .addOption(
      new Option('--compress <how>', 'how standard output is compressed').choices([...COMPRESSIONS]).default('none'),
    )
    .action(async (file: string, flags: ExportFlags, command: Command) => {
      const context = contextOf(command, cli)
      await useStore(context, cli.ports, (from) => writeExport(from, file, flags, context))
    })
}

async function writeExport(
  store: Store,
  file: string,
  { resume, compress }: ExportFlags,
  context: Context,
): Promise<void> {
  const { io } = context
  const { exportToFile, exportToStream } = await import('../../store/transfer/export-file.ts')
  const progress = createProgress(context, 'exported')
  const options = { store, clock: io.clock, signal: io.stop, told: progress.told }
  try {
    const done =
      file === '-'
        ? await exportToStream(options, io.stdout.stream, compress)
        : await exportToFile(options, resolve(io.cwd, file), resume === true)
    progress.end()
    tell(done, file, context)
  } catch (reason) {
    progress.end()
    if (io.stop.aborted && file !== '-')
      context.note(`Stopped; \`polis store export ${file} --resume\` goes on with it.`)
    throw reason
  }
}

// Standard output may be the export itself.
function tell({ header, totals, sha256, resumed }: Exported, file: string, context: Context): void {
  const { json, io } = context
  const document = { file, id: header.id, ...totals, sha256, resumed: resumed > 0 }
  if (json && file !== '-') return context.document(document)
  if (json) return io.stderr.write(`${showJson(document, io)}\n`)
  context.note(`${describeTotals(totals)}: ${file === '-' ? 'written' : file}`, `sha256 of the content: ${sha256}`)
}
