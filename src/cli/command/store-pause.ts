import type { Command } from 'commander'
import { type Cli, contextOf } from '../context.ts'
import { useStore } from '../store/use-store.ts'
import { escapeText } from '../terminal/escape.ts'

/** Adds `polis store pause`. */
export function addStorePause(store: Command, cli: Cli): void {
  store
    .command('pause')
    .description(
      'let no run begin or go on, of any server of the store; what is executing goes on until it waits or ends',
    )
    .option('--reason <text>', 'what clients and logs are told', 'paused by an operator')
    .action(async ({ reason }: { readonly reason: string }, command: Command) => {
      const context = contextOf(command, cli)
      const { paused, counts } = await useStore(context, cli.ports, async ({ transfer, index }) => {
        await transfer.pause(reason)
        return { paused: (await transfer.state()).paused, counts: await index.counts() }
      })
      const running = counts.filter(({ status }) => status === 'running').reduce((sum, { count }) => sum + count, 0)
      if (context.json) return context.document({ paused, running })
      context.print(`paused: ${escapeText(paused?.reason ?? reason)}`)
      if (running > 0) context.note(`${running} runs are still executing; they go on until they wait or end.`)
    })
}
