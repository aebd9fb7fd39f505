import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PolisError } from '../../../src/core/error.ts'
import { startServers, textOf } from '../support.ts'
import { type Animal, configOf } from './animals.ts'

const FIXTURE = join(import.meta.dirname, 'fixture')

/** An animal in its cage: one call of its tool can be made, and it is taken away with all that it started. */
export interface Cage extends AsyncDisposable {
  /** Calls its tool; gives the error, or undefined. */
  poke(): Promise<PolisError | undefined>
}

/** Puts an animal into a cage of its own: a set of servers with only this one. */
export async function encage(animal: Animal): Promise<Cage> {
  const http = animal.over === 'http' ? await startHttp(animal.name) : undefined
  const config = configOf(animal, join(FIXTURE, 'stdio.ts'), http?.port)
  const servers = startServers({ beast: config })
  return {
    poke: () =>
      textOf(servers, 'beast', animal.tool ?? 'act').then(
        () => undefined,
        (error: PolisError) => error,
      ),
    [Symbol.asyncDispose]: async () => {
      await servers.close()
      http?.child.kill('SIGKILL')
      if (http !== undefined && http.child.exitCode === null) await once(http.child, 'exit')
    },
  }
}

async function startHttp(kind: string): Promise<{ readonly port: number; readonly child: ChildProcess }> {
  const child = spawn(process.execPath, [join(FIXTURE, 'http.ts'), kind], {
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [chunk] = (await once(child.stdout, 'data', { signal: AbortSignal.timeout(20_000) })) as [Buffer]
  return { port: Number(chunk.toString()), child }
}

/** Processes of any server that still run, by the marker in their environment; none on systems without `/proc`. */
export function leftovers(): readonly number[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && isServer(pid))
}

function isServer(pid: number): boolean {
  try {
    const command = readFileSync(`/proc/${pid}/environ`, 'latin1')
    return command.includes('AGENTPOLIS_MCP_SERVER=') && command.includes(`POLIS_ZOO=${process.pid}\0`)
  } catch {
    // It has ended, or is not ours to look at.
    return false
  }
}
