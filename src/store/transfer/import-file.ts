import { createReadStream } from 'node:fs'
import { addAbortSignal, type Readable } from 'node:stream'
import { PolisError } from '../../core/error.ts'
import { decompressed } from './compression.ts'
import type { Totals } from './file.ts'
import { type Imported, importLines, type Target } from './import.ts'
import { splitLines } from './split-lines.ts'

/** Imports an export from a file, or from a stream, compressed or not. Ends when the signal aborts; the same import goes on from there. */
export async function importFrom(
  target: Target,
  source: string | Readable,
  signal: AbortSignal,
  told?: (totals: Totals) => void,
): Promise<Imported> {
  const input = addAbortSignal(signal, typeof source === 'string' ? createReadStream(source) : source)
  try {
    return await importLines(target, splitLines(decompressed(input)), told)
  } catch (reason) {
    if (reason instanceof Error && 'code' in reason && reason.code === 'ENOENT') {
      throw new PolisError('INVALID_ARGUMENT', `Expected a file to import, got ${String(source)}, which is not there`)
    }
    throw reason
  } finally {
    input.destroy()
  }
}
