import { spawn } from 'node:child_process'
import { PolisError } from '../../core/error.ts'

/** How a program is run. */
export interface ExecuteOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  readonly signal: AbortSignal
  /** Where what it prints goes as it is printed; what it writes to standard output is answered in any case. */
  readonly show?: (text: string) => void
}

/** Runs a program to its end; replaced in tests. */
export type Execute = (program: string, args: readonly string[], options: ExecuteOptions) => Promise<string>

/**
 * Runs a program to its end and answers what it wrote to standard output.
 *
 * Rejects with NOT_FOUND where it cannot be started, with CANCELLED where the signal ended it, and with BUILD_FAILED where it ends with a
 * failure: the message has the last line that it wrote to standard error, and `details.output` the last of them.
 */
export const execute: Execute = (program, args, { env, cwd, signal, show }) => {
  const child = spawn(program, args, {
    env,
    signal,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  })
  const [out, err] = [collect(child.stdout, show), collect(child.stderr, show)]
  return new Promise((resolve, reject) => {
    child.on('error', (cause) => {
      if (signal.aborted) return reject(new PolisError('CANCELLED', `${program} was ended: ${String(signal.reason)}`))
      reject(
        new PolisError('NOT_FOUND', `${program} cannot be started: ${cause.message}`, {
          cause,
          details: { hint: `Install ${program}` },
        }),
      )
    })
    child.on('close', (code, killer) => {
      if (code === 0) return resolve(out())
      const output = err().trim().split('\n').slice(-20)
      const message = `${program} ${args[0]} ended with ${killer ?? code}: ${output.at(-1)}`
      reject(new PolisError('BUILD_FAILED', message, { details: { output } }))
    })
  })
}

function collect(stream: NodeJS.ReadableStream, show: ExecuteOptions['show']): () => string {
  const chunks: string[] = []
  stream.setEncoding('utf8')
  stream.on('data', (text: string) => {
    chunks.push(text)
    show?.(text)
  })
  return () => chunks.join('')
}
