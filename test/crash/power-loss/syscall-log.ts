import { readFileSync } from 'node:fs'

/** One thing that a process did to a file, as the operating system saw it. */
export type Syscall =
  | { readonly kind: 'create'; readonly path: string }
  | { readonly kind: 'write'; readonly path: string; readonly offset: number; readonly bytes: Buffer }
  /** Appended, through a descriptor without an offset of its own. */
  | { readonly kind: 'append'; readonly path: string; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly path: string; readonly size: number }
  | { readonly kind: 'sync'; readonly path: string }
  | { readonly kind: 'unlink'; readonly path: string }

/** The command line that has a process's calls on these files written to a log. */
export function traceCommand(log: string, paths: readonly string[]): readonly string[] {
  const calls = 'openat,pwrite64,write,fsync,fdatasync,ftruncate,unlink,unlinkat'
  const only = paths.flatMap((path) => ['-P', path])
  // -D: the traced process is the direct child, so that signals reach it.
  return [
    'strace',
    '-D',
    '-f',
    '-qq',
    '--seccomp-bpf',
    '-y',
    '-xx',
    '-s',
    '100000',
    '-o',
    log,
    ...only,
    '-e',
    `trace=${calls}`,
  ]
}

/** Reads a log in order; calls that failed are left out. */
export function readSyscalls(path: string): readonly Syscall[] {
  const open = new Map<string, string>()
  return readFileSync(path, 'latin1')
    .split('\n')
    .flatMap((line) => {
      const [, thread = '', text = ''] = /^(\d+) +(.*)$/.exec(line) ?? []
      if (text.endsWith(' <unfinished ...>')) {
        open.set(thread, text.slice(0, -' <unfinished ...>'.length))
        return []
      }
      const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(text)
      const call = parse(resumed === null ? text : (open.get(thread) ?? '') + (resumed[1] ?? ''))
      return call === undefined ? [] : [call]
    })
}

const STRING = '"((?:\\\\x[0-9a-f]{2})*)"'
const FILE = '\\d+<((?:\\\\x[0-9a-f]{2})*)>'

function parse(text: string): Syscall | undefined {
  const written = new RegExp(`^pwrite64\\(${FILE}, ${STRING}, \\d+, (\\d+)\\) += (\\d+)`).exec(text)
  if (written !== null) {
    const [, path = '', bytes = '', offset, count] = written
    return {
      kind: 'write',
      path: textOf(path),
      offset: Number(offset),
      bytes: bytesOf(bytes).subarray(0, Number(count)),
    }
  }
  const appended = new RegExp(`^write\\(${FILE}, ${STRING}, \\d+\\) += \\d+`).exec(text)
  if (appended !== null) return { kind: 'append', path: textOf(appended[1]), bytes: bytesOf(appended[2]) }
  const synced = new RegExp(`^f(?:data)?sync\\(${FILE}\\) += 0`).exec(text)
  if (synced !== null) return { kind: 'sync', path: textOf(synced[1]) }
  const cut = new RegExp(`^ftruncate\\(${FILE}, (\\d+)\\) += 0`).exec(text)
  if (cut !== null) return { kind: 'truncate', path: textOf(cut[1]), size: Number(cut[2]) }
  const removed = new RegExp(`^unlink(?:at)?\\((?:AT_FDCWD(?:<[^>]*>)?, )?${STRING}(?:, \\d+)?\\) += 0`).exec(text)
  if (removed !== null) return { kind: 'unlink', path: textOf(removed[1]) }
  const made = new RegExp(`^openat\\([^,]+, ${STRING}, [A-Z_|]*O_CREAT[A-Z_|]*, \\d+\\) += \\d+`).exec(text)
  return made === null ? undefined : { kind: 'create', path: textOf(made[1]) }
}

function bytesOf(escaped = ''): Buffer {
  return Buffer.from(escaped.replaceAll('\\x', ''), 'hex')
}

function textOf(escaped = ''): string {
  return bytesOf(escaped).toString()
}
