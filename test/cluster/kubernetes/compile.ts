import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { goEnvironment } from './go.ts'

/** A Go program that is to be kept. */
export interface Compilation {
  /** Where it is put, and where the folder `module` has the go.mod to build it by. */
  readonly folder: string
  readonly name: string
  /** The path of its Go package. */
  readonly from: string
  /** Variables of Go that the linker sets, as `package.name=value`. */
  readonly variables?: readonly string[]
}

/** Builds a program. Another build in the same folder is waited for; the program is there whole or not at all. */
export function compile({ folder, name, from, variables = [] }: Compilation): Promise<void> {
  const out = join(folder, name)
  const linker = `-ldflags=-s -w ${variables.map((variable) => `-X ${variable}`).join(' ')}`.trimEnd()
  const flags = ['-mod=mod', '-trimpath', '-gcflags=all=-dwarf=false', linker]
  const lock = spawnSync('flock', ['--version']).status === 0 ? ['flock', join(folder, 'lock')] : []
  const [command = 'sh', ...args] = [...lock, 'nice', 'sh', '-c', SCRIPT, 'sh', out, ...flags, from]
  const child = spawn(command, args, {
    cwd: join(folder, 'module'),
    env: { ...goEnvironment(), OUT: out },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4000)
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`go build ${from}: ${said.trim()}`))))
  })
}

// Under a lock that the system lets go of, whatever ends its holder; the last step makes the program whole.
const SCRIPT = 'test -x "$1" || { shift; go build -o "$OUT.part" "$@" && mv "$OUT.part" "$OUT"; }'
