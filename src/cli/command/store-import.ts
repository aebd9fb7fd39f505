import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { Store } from '../../store/store.ts'
import { type Cli, type Context, contextOf } from '../context.ts'
import { createProgress, describeTotals } from '../store/progress.ts'
import { useStore } from '../store/use-store.ts'

/** Adds `polis store import`. */
export function addStoreImport(store: Command, cli: Cli): void {
  store
    .command('import')
    .description('fill an empty store from an export, of whatever kind of store; it is paused afterwards')
    .argument('<file>', 'the export, compressed or not; - is standard input')
    .action(async (file: string, _options: object, command: Command) => {
      const context = contextOf(command, cli)
      await useStore(context, cli.ports, (to) => readImport(to, file, context))
    })
}

async function readImport(store: Store, file: string, context: Context): Promise<void> {
  const { io } = context
  const { importFrom } = await import('../../store/transfer/import-file.ts')
  const progress = createProgress(context, 'imported')
  const source = file === '-' ? io.stdin.stream : resolve(io.cwd, file)
  try {
    const { header, totals, resumed } = await importFrom(store, source, io.stop, progress.told)
    progress.end()
    if (context.json) return context.document({ file, id: header.id, ...totals, resumed: resumed > 0, paused: true })
    const went = resumed > 0 ? `, after an earlier import had come to line ${resumed}` : ''
    context.print(`${describeTotals(totals)} imported${went}`)
    context.note('The store is paused: look at it, stop the original, then start it with `polis store resume`.')
  } catch (reason) {
    progress.end()
    if (io.stop.aborted) context.note('Stopped; the same command goes on with it.')
    throw reason
  }
}
