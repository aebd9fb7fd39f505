import { type Command, Option } from 'commander'
import { type Cli, contextOf } from '../context.ts'
import { parseWhole } from '../parse-option.ts'
import { ROLES, type Role } from '../ports.ts'
import { serveProject } from '../serve-project.ts'

interface ServeFlags {
  readonly role: Role
  readonly port?: string
  readonly host?: string
}

/** Adds `polis serve`. */
export function addServe(program: Command, cli: Cli): void {
  program
    .command('serve')
    .description('serve the project in production; ends after handing over its runs on SIGTERM')
    .addOption(new Option('--role <role>', 'what this process does').choices([...ROLES]).default('all'))
    .option('-p, --port <port>', 'port of the REST API (setting: server.port)')
    .option('--host <host>', 'address to listen on (setting: server.host)')
    .action(async ({ role, host, port: given }: ServeFlags, command: Command) => {
      const port = given === undefined ? undefined : parseWhole(given, '--port', 0, 65535)
      await serveProject({ mode: 'serve', role, host, port }, contextOf(command, cli), cli.ports)
    })
}
