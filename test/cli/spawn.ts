import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Ended } from '../lifecycle/polis.ts'

/** The entry of the command line. */
export const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

// Generous: a talk may last as long as several other processes that take their turn on a busy machine.
const LIMIT = 60_000

/** A process that is watched and talked to. Killed when it is disposed of. */
export interface Talk extends AsyncDisposable {
  /** Resolves once standard output matches; rejects with all that was said when it never does. */
  said(pattern: RegExp): Promise<void>
  type(text: string): void
  signal(name: NodeJS.Signals): void
  readonly ended: Promise<Ended>
}

/** Starts a program whose output can be waited for. */
export function talk(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Talk {
  const child: ChildProcess = spawn(program, args, {
    env: { PATH: process.env.PATH, LANG: 'C.UTF-8', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  child.stdout?.on('data', (text) => (output.stdout += text))
  child.stderr?.on('data', (text) => (output.stderr += text))
  // A program that has ended reads nothing more.
  child.stdin?.on('error', () => {})
  const ended = once(child, 'close').then(([code]): Ended => ({ code, ...output }))
  const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT).unref()
  void ended.then(() => clearTimeout(timer))
  return {
    ended,
    async said(pattern) {
      const over = ended.then(({ code }) => code)
      while (!pattern.test(output.stdout)) {
        const more = child.stdout === null ? over : Promise.race([once(child.stdout, 'data'), over])
        const got = await more
        if (!Array.isArray(got) && !pattern.test(output.stdout)) {
          throw new Error(`It ended with ${got} before ${pattern}: ${output.stdout}\n${output.stderr}`)
        }
      }
    },
    type: (text) => void child.stdin?.write(text),
    signal: (name) => void child.kill(name),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}
