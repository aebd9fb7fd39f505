import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Client, createClient } from '../../src/client/index.ts'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
// What a machine with much else to do may take.
const LIMIT = 60_000

/** How a process ended, and what it said. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A real `polis` process that serves. */
export interface Polis extends AsyncDisposable {
  readonly url: string
  readonly metricsUrl: string
  readonly client: Client
  signal(name: NodeJS.Signals): void
  readonly ended: Promise<Ended>
  /** Resolves once its log matches. */
  logged(pattern: RegExp): Promise<void>
}

/** Starts `polis` in a folder and waits until it says where it serves; rejects with what it said when it does not. */
export async function startPolis(
  dir: string,
  args: readonly string[] = ['dev'],
  env: Readonly<Record<string, string>> = {},
  port = '0',
): Promise<Polis> {
  const { child, output, ended } = launch(dir, [...args, '--json', '--port', port], env)
  const served = until(() => output.stdout.includes('\n'), 'the process to say where it serves')
  const early = ended.then(({ code, stderr }) => Promise.reject(new Error(`polis ended with ${code}: ${stderr}`)))
  early.catch(() => {})
  await Promise.race([served, early]).catch((error) => {
    child.kill('SIGKILL')
    throw error
  })
  // A process that only executes runs tells of no address, and has its probes at one.
  const { url = `http://127.0.0.1:${port}`, metricsUrl } = JSON.parse(output.stdout)
  return {
    ...{ url, metricsUrl, ended, client: createClient({ url }) },
    signal: (name) => void child.kill(name),
    logged: (pattern) =>
      until(
        () => pattern.test(output.stderr),
        `a log line like ${pattern}`,
        () => output.stderr,
      ),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** Runs `polis` to its end. */
export async function runPolis(
  dir: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const { child, ended } = launch(dir, args, env)
  const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT)
  try {
    return await ended
  } finally {
    clearTimeout(timer)
  }
}

/** Waits until a file has so many lines, and gives them. */
export async function linesOf(file: string, count: number): Promise<readonly string[]> {
  let lines: readonly string[] = []
  const look = async () => {
    lines = (await readFile(file, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '')
    return lines.length >= count
  }
  await until(look, `${count} lines in ${file}`)
  return lines
}

/** Waits, for a bounded time, until something that only another process can bring about is so. */
export async function until(isSo: () => boolean | Promise<boolean>, what: string, more = () => ''): Promise<void> {
  const end = Date.now() + LIMIT
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`Waited ${LIMIT} ms for ${what} ${more()}`)
    await pause(10)
  }
}

function launch(dir: string, args: readonly string[], env: Readonly<Record<string, string>>) {
  const child: ChildProcess = spawn(process.execPath, [MAIN, '--dir', dir, ...args], {
    env: { PATH: process.env.PATH, POLIS_PROMETHEUS_PORT: '0', NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  child.stdout?.on('data', (text) => (output.stdout += text))
  child.stderr?.on('data', (text) => (output.stderr += text))
  const ended = once(child, 'close').then(([code]): Ended => ({ code, ...output }))
  return { child, output, ended }
}
