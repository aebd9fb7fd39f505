/**
 * A disk that may lose power.
 *
 * Role: takes the calls of a process in order, and says what may be found after the power went. What was written before a file's
 * last fsync is there; of what came after it, any part: whole writes may be missing, or single sectors of them, in any order.
 * The name of a new file lasts from its own first fsync on, or its folder's; a removal from the folder's.
 */
import { dirname } from 'node:path'
import type { Random } from '../../../src/core/random.ts'
import type { Syscall } from './syscall-log.ts'

/** The disk, and what power loss leaves of it. */
export interface Disk {
  apply(call: Syscall): void
  /** The files as they may be found now; different each time, as the randomness says. */
  losePower(random: Random): ReadonlyMap<string, Buffer>
}

const SECTOR = 512

type Change = Extract<Syscall, { kind: 'write' | 'truncate' }>

interface File {
  stable: Buffer
  pending: Change[]
  named: boolean
}

/** An empty disk. */
export function createDisk(): Disk {
  const files = new Map<string, File>()
  /** Removed, and not for certain. */
  const ghosts = new Map<string, File>()
  return {
    apply(call) {
      const file = files.get(call.path)
      switch (call.kind) {
        case 'create':
          if (file === undefined) files.set(call.path, { stable: Buffer.alloc(0), pending: [], named: false })
          return
        case 'unlink':
          if (file?.named) ghosts.set(call.path, file)
          files.delete(call.path)
          return
        case 'sync':
          return file === undefined
            ? syncFolder(files, ghosts, call.path)
            : syncFile(file, () => ghosts.delete(call.path))
        case 'append':
          return
        default:
          file?.pending.push(call)
      }
    },
    losePower(random) {
      const found = new Map<string, Buffer>()
      for (const [path, ghost] of ghosts) if (random.next() < 0.5) found.set(path, remains(ghost, random))
      for (const [path, file] of files) {
        if (file.named || random.next() < 0.5) found.set(path, remains(file, random))
      }
      return found
    },
  }
}

function syncFile(file: File, forget: () => void): void {
  for (const change of file.pending) file.stable = changed(file.stable, change)
  file.pending = []
  file.named = true
  forget()
}

function syncFolder(files: ReadonlyMap<string, File>, ghosts: Map<string, File>, folder: string): void {
  for (const [path, file] of files) if (dirname(path) === folder) file.named = true
  for (const path of [...ghosts.keys()]) if (dirname(path) === folder) ghosts.delete(path)
}

// Everything that was pending, nothing of it, or each sector by chance.
function remains({ stable, pending }: File, random: Random): Buffer {
  const mood = random.next()
  const chance = mood < 0.25 ? 0 : mood < 0.5 ? 1 : random.next()
  let bytes = stable
  for (const change of pending) {
    if (change.kind === 'truncate') {
      if (random.next() < chance) bytes = changed(bytes, change)
    } else for (const sector of sectorsOf(change)) if (random.next() < chance) bytes = changed(bytes, sector)
  }
  return bytes
}

function sectorsOf({ path, offset, bytes }: Extract<Change, { kind: 'write' }>): readonly Change[] {
  const sectors: Change[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + SECTOR - ((offset + at) % SECTOR))
    sectors.push({ kind: 'write', path, offset: offset + at, bytes: bytes.subarray(at, end) })
    at = end
  }
  return sectors
}

// Never changes the buffer that it is given: it may be what is stable.
function changed(bytes: Buffer, change: Change): Buffer {
  const size = change.kind === 'truncate' ? change.size : Math.max(bytes.length, change.offset + change.bytes.length)
  const next = Buffer.alloc(size)
  bytes.copy(next, 0, 0, Math.min(size, bytes.length))
  if (change.kind === 'write') change.bytes.copy(next, change.offset)
  return next
}
