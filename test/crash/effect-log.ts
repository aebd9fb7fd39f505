import { closeSync, fstatSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import type { Effect } from '../../src/core/tool.ts'
import { type Placed, placed } from './overtaken.ts'

/** One effect that happened: the world outside, as far as the suite has one. */
export interface EffectLine {
  /** `run/step`, the step's idempotency key. */
  readonly key: string
  readonly effect: Effect
  readonly attempt: number
  readonly pid: number
  /** How long the log was when the step's function was called (bytes). */
  readonly after: number
  /** Milliseconds since the epoch. */
  readonly time: number
  /** Tells this execution from any other; the step's result and its failure carry it. */
  readonly nonce: string
  readonly value: string
}

/** Writes effects down, independently of the store. */
export interface EffectLog {
  /** Its length (bytes). */
  size(): number
  /** Returns once the line is on the disk. Lines of several processes do not mix, and stand in the order in which they happened. */
  append(line: EffectLine): void
}

/** Opens the log at a path; many processes may. */
export function openEffectLog(path: string): EffectLog & Disposable {
  const file = openSync(path, 'a')
  return {
    size: () => fstatSync(file).size,
    append(line) {
      writeSync(file, `${JSON.stringify(line)}\n`)
      fsyncSync(file)
    },
    [Symbol.dispose]: () => closeSync(file),
  }
}

/** All effects in order, each with its place in the log; none when nothing was written yet. */
export function readEffects(path: string): readonly Placed<EffectLine>[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    // No step has been executed: there is no file.
    return []
  }
  // Written by `append` above, a line each; a killed process writes a line wholly or not at all.
  return placed<EffectLine>(text)
}
