import { resolve } from 'node:path'
import type { Command } from 'commander'
import { PolisError } from '../core/error.ts'
import type { CliClient, Connection, Purpose } from './connection.ts'
import { createHeldOutput } from './held-output.ts'
import type { Io } from './io.ts'
import type { Ports } from './ports.ts'
import { escapeLines } from './terminal/escape.ts'
import { createStyle, type Style } from './terminal/style.ts'

/** What every command is made with. */
export interface Cli {
  readonly io: Io
  readonly ports: Ports
  /** The exit code that the process will end with, once the command is over. */
  exitCode: number
}

/** Options that every command takes. */
export interface Globals {
  readonly json: boolean
  readonly url: string | undefined
  readonly apiKey: string | undefined
  /** Absolute. */
  readonly dir: string
}

/** One command's call: what it was given, and how it speaks. */
export interface Context extends Globals {
  readonly io: Io
  readonly style: Style
  /** Lines for people on standard output. They are not escaped here. Nothing under `--json`. */
  print(...lines: readonly string[]): void
  /** Lines for people on standard error: hints that must not mix with the answer. Nothing under `--json`. */
  note(...lines: readonly string[]): void
  /** The one JSON document that answers under `--json`. */
  document(value: unknown): void
  /** Cells that a line may take: the terminal's, or no limit. */
  readonly width: number
  /** The project's runtime, for as long as `use` takes. */
  connected<T>(purpose: Purpose, use: (client: CliClient, connection: Connected) => Promise<T>): Promise<T>
}

/** A connection, as commands use it. */
export interface Connected extends Connection {
  /** Keeps back what agents print until the connection is closed: it would land in the middle of a drawn tree. */
  hold(): void
}

/** Makes the context of a command that is being called. */
export function contextOf(command: Command, { io, ports }: Cli): Context {
  const globals = globalsOf(command, io)
  const write = (output: Io['stdout'], lines: readonly string[]) => {
    if (!globals.json && lines.length > 0) output.write(lines.map((line) => `${line}\n`).join(''))
  }
  return {
    ...globals,
    io,
    style: createStyle(io.stdout, io.env),
    width: io.stdout.isTTY ? io.stdout.columns : Number.POSITIVE_INFINITY,
    print: (...lines) => write(io.stdout, lines),
    note: (...lines) => write(io.stderr, lines),
    document: (value) => io.stdout.write(`${showJson(value, io)}\n`),
    async connected(purpose, use) {
      const { url, apiKey, dir } = globals
      const output = createHeldOutput(io.stderr)
      try {
        const connection = await ports.connect({ url, apiKey, dir, purpose, env: io.env, output })
        try {
          return await use(connection.client, { ...connection, hold: output.hold })
        } finally {
          await connection.close()
        }
      } finally {
        output.release()
      }
    },
  }
}

/** A value as indented JSON; on a terminal also safe to look at. */
export function showJson(value: unknown, io: Pick<Io, 'stdout'>): string {
  const text = JSON.stringify(value ?? null, null, 2)
  return io.stdout.isTTY ? escapeLines(text) : text
}

function globalsOf(command: Command, io: Io): Globals {
  const options = command.optsWithGlobals<{ json?: boolean; url?: string; apiKey?: string; dir?: string }>()
  const url = options.url ?? (io.env.POLIS_URL || undefined)
  if (url !== undefined) checkUrl(url, options.url === undefined ? 'POLIS_URL' : '--url')
  return {
    json: options.json ?? false,
    url,
    apiKey: options.apiKey ?? (io.env.POLIS_API_KEY || undefined),
    dir: resolve(io.cwd, options.dir ?? '.'),
  }
}

function checkUrl(url: string, option: string): void {
  const protocol = URL.canParse(url) ? new URL(url).protocol : ''
  if (protocol === 'http:' || protocol === 'https:') return
  throw new PolisError('INVALID_ARGUMENT', `${option}: expected a URL such as http://127.0.0.1:8080, got '${url}'`)
}
