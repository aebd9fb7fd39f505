import { createInterface } from 'node:readline'
import type { Command } from 'commander'
import { PolisError } from '../../core/error.ts'
import type { Store } from '../../store/store.ts'
import { RESTORED } from '../../store/transfer/refusal.ts'
import { type Cli, type Context, contextOf } from '../context.ts'
import { useStore } from '../store/use-store.ts'

const WARNING = [
  'This store was restored from an export. If the original still executes runs, each of them runs twice from here on:',
  'its calls, messages and payments are made twice. Stop the original for good before you go on.',
]

/** Adds `polis store resume`. */
export function addStoreResume(store: Command, cli: Cli): void {
  store
    .command('resume')
    .description('end a pause: runs are executed again; of a restored store the original must be stopped first')
    .option('--yes', 'the original of a restored store is stopped: do not ask')
    .action(async ({ yes = false }: { readonly yes?: boolean }, command: Command) => {
      const context = contextOf(command, cli)
      const resumed = await useStore(context, cli.ports, (it) => resume(it, yes, context))
      if (context.json) return context.document({ resumed })
      context.print(resumed ? 'resumed' : 'the store was not paused')
    })
}

async function resume({ transfer }: Store, yes: boolean, context: Context): Promise<boolean> {
  const { paused } = await transfer.state()
  if (paused === undefined) return false
  if (paused.reason === RESTORED && !yes) await confirm(context)
  await transfer.resume()
  return true
}

async function confirm({ io, json, note, style }: Context): Promise<void> {
  if (json || !io.stdin.isTTY || !io.stderr.isTTY) {
    throw new PolisError('INVALID_ARGUMENT', `Expected --yes, since nobody can be asked here. ${WARNING.join(' ')}`)
  }
  note(...WARNING.map(style.yellow))
  io.stderr.write('Is the original stopped, and is it this store that goes on? [y/N] › ')
  if (/^y(es)?$/i.test(await firstLine(io))) return
  throw new PolisError('CANCELLED', 'The store stays paused')
}

async function firstLine({ stdin, stop }: Context['io']): Promise<string> {
  const lines = createInterface({ input: stdin.stream, terminal: false, signal: stop })
  for await (const line of lines) return line.trim()
  return ''
}
