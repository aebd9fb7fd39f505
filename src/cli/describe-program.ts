import { PassThrough, Readable } from 'node:stream'
import type { Command } from 'commander'
import { systemClock } from '../core/clock.ts'
import { PolisError } from '../core/error.ts'
import type { Output } from './io.ts'
import { createProgram } from './program.ts'

/** The command line as data, for the reference page: nothing of it can be called. */
export function describeProgram(): Command {
  const nowhere: Output = { write() {}, stream: new PassThrough(), isTTY: false, columns: 80, rows: 24 }
  const refuse = () => {
    throw new PolisError('NOT_IMPLEMENTED', 'These commands are only described')
  }
  const io = {
    stdout: nowhere,
    stderr: nowhere,
    stdin: { isTTY: false, stream: Readable.from([]) },
    env: {},
    cwd: '/',
    clock: systemClock(),
    stop: new AbortController().signal,
  }
  return createProgram(
    {
      io,
      ports: {
        ...{ connect: refuse, serve: refuse, openStore: refuse, diagnose: refuse },
        ...{ plan: refuse, build: refuse, cluster: refuse },
      },
      exitCode: 0,
    },
    '0',
  )
}
