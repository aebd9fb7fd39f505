import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Client, createClient } from '../src/client/index.ts'
import { createApiKey } from '../src/core/api-key.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** A real `polis serve`, as a user has it: a project with the built package among its modules. */
export interface BenchPolis extends AsyncDisposable {
  readonly url: string
  /** An API key that it takes. */
  readonly apiKey: string
  readonly client: Client
  readonly pid: number
  /** Ends it with this signal, and resolves once it has ended. */
  end(signal: NodeJS.Signals): Promise<void>
  /** Peak, and present, resident memory (MB). */
  memory(): { readonly peak: number; readonly now: number }
}

/** Starts `polis serve` on a project in an empty folder; `built` is what `buildBench` answered. */
export async function startPolis(options: {
  readonly folder: string
  readonly built: string
  readonly files: Readonly<Record<string, string>>
  readonly env: Readonly<Record<string, string>>
}): Promise<BenchPolis> {
  const { folder, built, files, env } = options
  const { key, record } = createApiKey({
    ...{ id: 'bench', tenant: 'default', scopes: ['runs:read', 'runs:write'], secret: randomBytes(32) },
  })
  writeProject(folder, built, { 'keys.jsonl': JSON.stringify(record), ...files })
  const main = join(folder, 'node_modules/agentpolis/dist/main.js')
  const child = spawn(process.execPath, [main, 'serve', '--json', '--port', '0'], {
    cwd: folder,
    env: {
      PATH: process.env.PATH ?? '',
      POLIS_AUTH_API_KEYS_FILE: 'keys.jsonl',
      POLIS_PROMETHEUS_ENABLED: 'false',
      POLIS_LOG_LEVEL: 'warn',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('close', () => process.off('exit', kill))
  const end = (signal: NodeJS.Signals) => endChild(child, signal)
  const { url } = (await firstDocument(child)) as { url: string } // What `--json` prints first.
  return {
    ...{ url, apiKey: key, client: createClient({ url, apiKey: key }), pid: child.pid ?? 0 },
    memory: () => memoryOf(child.pid ?? 0),
    end,
    [Symbol.asyncDispose]: () => end('SIGTERM'),
  }
}

async function endChild(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, 'close')
  child.kill(signal)
  const late = setTimeout(() => child.kill('SIGKILL'), 15_000)
  await closed
  clearTimeout(late)
}

function writeProject(folder: string, built: string, files: Readonly<Record<string, string>>): void {
  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, 'agentpolis'), { recursive: true })
  cpSync(join(root, 'package.json'), join(modules, 'agentpolis/package.json'))
  symlinkSync(join(built, '../src'), join(modules, 'agentpolis/dist'))
  symlinkSync(join(root, 'node_modules/zod'), join(modules, 'zod'))
  for (const [file, text] of Object.entries({ 'package.json': '{"type":"module"}', ...files })) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
}

function firstDocument({ stdout }: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let printed = ''
    stdout?.on('data', (chunk) => {
      printed += chunk
      if (/^\}$/m.test(printed)) resolve(JSON.parse(printed))
    })
    stdout?.once('close', () => reject(new Error(`polis serve ended before it served: ${printed}`)))
  })
}

/** Peak and present resident memory of a process (MB). */
function memoryOf(pid: number): { readonly peak: number; readonly now: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const read = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1024
  return { peak: read('VmHWM'), now: read('VmRSS') }
}
