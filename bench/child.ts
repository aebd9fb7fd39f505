import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Longest that one measurement may take (ms). */
const LIMIT = 300_000

/** Gives a fresh folder, and removes it afterwards. */
export async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'polis-bench-'))
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Runs a measurement in a process of its own, behind a command if one is given; answers the JSON that it prints last. */
export async function measureInChild<T>(
  script: string,
  args: readonly (string | number)[],
  behind: readonly string[] = [],
): Promise<T> {
  const lines = (await run(script, args.map(String), behind)).trim().split('\n')
  // The script is ours: it prints what its caller asked for.
  return JSON.parse(lines.at(-1) ?? '') as T
}

function run(script: string, args: readonly string[], behind: readonly string[]): Promise<string> {
  const path = fileURLToPath(new URL(script, import.meta.url))
  const node = [process.execPath, '--conditions=polis-source', '--expose-gc', '--no-deprecation', path]
  const [file = '', ...rest] = [...behind, ...node, ...args]
  const child = spawn(file, rest, {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: LIMIT,
  })
  let printed = ''
  child.stdout.on('data', (chunk) => {
    printed += chunk
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (code === 0) resolve(printed)
      else reject(new Error(`${script} ended with ${signal ?? code}`))
    })
  })
}

/** The middle of some numbers. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** Prints rows under a head, in columns. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  ')
  console.log(line(head))
  console.log(widths.map((width) => '-'.repeat(width)).join('  '))
  for (const row of rows) console.log(line(row))
}

/** What the figures depend on. */
export function printMachine(): void {
  const { arch, platform, version } = process
  console.log(
    `Node ${version}, SQLite ${process.versions.sqlite}, ${platform} ${arch}; absolute figures are this machine's, compare ratios\n`,
  )
}
