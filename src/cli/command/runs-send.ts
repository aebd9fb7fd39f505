import type { Command } from 'commander'
import { type Cli, contextOf } from '../context.ts'
import { readJson } from '../json-input.ts'

/** Adds `polis runs send`. */
export function addRunsSend(runs: Command, cli: Cli): void {
  runs
    .command('send')
    .description('send a message to a run, for context.receive(NAME)')
    .argument('<run>', 'the run’s id')
    .argument('<name>', 'the name that the run receives under')
    .argument('[data]', 'JSON, @FILE, or - for standard input (default: null)')
    .option('--id <id>', 'id of the message: the same id arrives once only')
    .action(
      async (
        run: string,
        name: string,
        given: string | undefined,
        options: { readonly id?: string },
        command: Command,
      ) => {
        const context = contextOf(command, cli)
        const data = given === undefined ? null : await readJson(given, 'DATA', context.io)
        const message = { name, data, ...(options.id === undefined ? {} : { id: options.id }) }
        await context.connected('look', (client) => client.runs.send(run, message))
        if (context.json) return context.document({ run, name, sent: true })
        context.print(`${run}  sent ${name}`)
      },
    )
}
