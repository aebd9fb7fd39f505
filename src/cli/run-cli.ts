import { CommanderError } from 'commander'
import { ERRORS, PolisError } from '../core/error.ts'
import type { Cli } from './context.ts'
import { signalExit } from './exit-code.ts'
import type { Io } from './io.ts'
import type { Ports } from './ports.ts'
import { createProgram } from './program.ts'
import { reportError } from './report-error.ts'

/** What one call of the command line is made of. */
export interface Invocation {
  /** Arguments after the command's own name. */
  readonly args: readonly string[]
  readonly io: Io
  readonly ports: Ports
  readonly version: string
}

/** Runs one command to its end, reports what went wrong, and answers the exit code. Never throws. */
export async function runCli({ args, io, ports, version }: Invocation): Promise<number> {
  const cli: Cli = { io, ports, exitCode: 0 }
  try {
    await createProgram(cli, version).parseAsync([...args], { from: 'user' })
    return cli.exitCode
  } catch (reason) {
    if (isHelp(reason)) return reason.exitCode === 0 ? 0 : ERRORS.INVALID_ARGUMENT.exit
    const interrupted = io.stop.aborted ? signalExit(io.stop.reason) : undefined
    if (interrupted !== undefined) return interrupted
    const error = reason instanceof CommanderError ? usageError(reason) : PolisError.from(reason)
    reportError(error, io, args.includes('--json'))
    return ERRORS[error.code].exit
  }
}

// Help and version are thrown too. Help in place of a missing subcommand has an exit code: it is a mistake.
function isHelp(reason: unknown): reason is CommanderError {
  return (
    reason instanceof CommanderError &&
    ['commander.help', 'commander.helpDisplayed', 'commander.version'].includes(reason.code)
  )
}

function usageError(reason: CommanderError): PolisError {
  const [what = '', ...hints] = reason.message.replace(/^error: /, '').split('\n')
  const hint = hints.join(' ').replace(/^\((.*)\)$/, '$1')
  return new PolisError('INVALID_ARGUMENT', what, { details: { hint: hint || "See 'polis --help'" } })
}
