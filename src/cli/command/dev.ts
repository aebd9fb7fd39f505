import type { Command } from 'commander'
import { type Cli, contextOf } from '../context.ts'
import { parseWhole } from '../parse-option.ts'
import { serveProject } from '../serve-project.ts'

/** Adds `polis dev`. */
export function addDev(program: Command, cli: Cli): void {
  program
    .command('dev')
    .description('serve the project on this machine, and reload agents when their code changes')
    .option('-p, --port <port>', 'port of the REST API; 0 takes any free one (setting: server.port)')
    .option('--host <host>', 'address to listen on (setting: server.host)')
    .action(async (options: { readonly port?: string; readonly host?: string }, command: Command) => {
      const port = options.port === undefined ? undefined : parseWhole(options.port, '--port', 0, 65535)
      await serveProject({ mode: 'dev', role: 'all', host: options.host, port }, contextOf(command, cli), cli.ports)
    })
}
