import { Command } from 'commander'
import { addAgents } from './command/agents.ts'
import { addApply } from './command/apply.ts'
import { addBuild } from './command/build.ts'
import { addChat } from './command/chat.ts'
import { addCosts } from './command/costs.ts'
import { addDelete } from './command/delete.ts'
import { addDev } from './command/dev.ts'
import { addDiff } from './command/diff.ts'
import { addDoctor } from './command/doctor.ts'
import { addEval } from './command/eval.ts'
import { addExport } from './command/export.ts'
import { addInbox } from './command/inbox.ts'
import { addInit } from './command/init.ts'
import { addKeys } from './command/keys.ts'
import { addLint } from './command/lint.ts'
import { addRender } from './command/render.ts'
import { addRollback } from './command/rollback.ts'
import { addRun } from './command/run.ts'
import { addRuns } from './command/runs.ts'
import { addSchedules } from './command/schedules.ts'
import { addServe } from './command/serve.ts'
import { addSessions } from './command/sessions.ts'
import { addStatus } from './command/status.ts'
import { addStore } from './command/store.ts'
import { addVerify } from './command/verify.ts'
import type { Cli } from './context.ts'

/** The whole command line as commander knows it: the source of the help texts and of `docs/reference/cli.md`. */
export function createProgram(cli: Cli, version: string): Command {
  const program = new Command('polis')
    .description('Runs AI agents durably: whatever crashes, no recorded step is repeated and nothing is lost.')
    .version(version, '--version', 'print the version')
    .option('--json', 'print one JSON document, or JSON lines for streams, and errors as JSON')
    .option('--url <url>', 'talk to this server (env: POLIS_URL); without it, the project’s store is opened directly')
    .option('--api-key <key>', 'credentials for the server (env: POLIS_API_KEY, which does not show in process lists)')
    .option('--dir <dir>', 'the project’s directory (default: the current one)')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => cli.io.stdout.write(text),
      // Errors are thrown, and reported by whoever called: only help comes here.
      writeErr: (text) => cli.io.stderr.write(text),
      outputError: () => {},
      getOutHelpWidth: () => cli.io.stdout.columns,
      getErrHelpWidth: () => cli.io.stderr.columns,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
  for (const add of COMMANDS) add(program, cli, version)
  return program
}

const COMMANDS: readonly ((program: Command, cli: Cli, version: string) => void)[] = [
  addInit,
  addDev,
  addServe,
  addRun,
  addRuns,
  addChat,
  addInbox,
  addEval,
  addAgents,
  addSchedules,
  addSessions,
  addCosts,
  addStore,
  addKeys,
  addBuild,
  addRender,
  addLint,
  addDiff,
  addApply,
  addStatus,
  addRollback,
  addVerify,
  addDelete,
  addExport,
  addDoctor,
]
