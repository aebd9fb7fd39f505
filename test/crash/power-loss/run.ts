/**
 * Power loss: what is left when only what was fsynced is sure to be on the disk.
 *
 * A workload is executed once under strace. Then the power goes at many points of the recorded calls, each time the files are made
 * as a disk could have left them, the store is opened, and everything that a client had been told by then is looked for.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { type Random, seededRandom } from '../../../src/core/random.ts'
import type { LocalDurability } from '../../../src/store/store.ts'
import { type Collected, collectStore } from '../collect.ts'
import { createDisk } from './disk.ts'
import { type Recorded, recordWorkload } from './record.ts'
import { missingFacts, readWitness } from './witness.ts'

/** What was found. `tail` counts what `process` durability lost, which it may; `faults` say what must not be. */
export type PowerLossSummary =
  | { readonly kind: 'skipped'; readonly reason: string }
  | {
      readonly kind: 'done'
      readonly cuts: Readonly<Record<LocalDurability, number>>
      /** Facts that were acknowledged before their cut under `disk`, over all cuts. */
      readonly acknowledged: number
      readonly tail: number
      readonly faults: readonly string[]
    }

/** Loses power at so many points, three of four under `disk`; skipped where nothing can be traced. */
export async function runPowerLoss(
  { seed, points }: { readonly seed: number; readonly points: number },
  say: (line: string) => void,
): Promise<PowerLossSummary> {
  const reason = untraceable()
  if (reason !== undefined) return { kind: 'skipped', reason }
  const share = { disk: Math.ceil(points * 0.75), process: Math.floor(points * 0.25) }
  const disk = await loseRepeatedly(seed, 'disk', share.disk, say)
  const process = await loseRepeatedly(seed + 1, 'process', share.process, say)
  const lost = disk.missing.map((what) => `disk: ${what}`)
  return {
    ...{ kind: 'done', cuts: share, acknowledged: disk.acknowledged, tail: process.missing.length },
    faults: [...lost, ...disk.faults, ...process.faults],
  }
}

/** Why processes cannot be traced here; undefined when they can. */
export function untraceable(): string | undefined {
  const { error, status, stderr } = spawnSync('strace', ['-f', '-qq', '--seccomp-bpf', '-e', 'trace=none', 'true'])
  if (error !== undefined) return 'strace is not installed'
  return status === 0 ? undefined : `strace may not trace here: ${String(stderr).trim()}`
}

interface Losses {
  readonly acknowledged: number
  readonly missing: readonly string[]
  readonly faults: readonly string[]
}

async function loseRepeatedly(
  seed: number,
  durability: LocalDurability,
  cuts: number,
  say: (line: string) => void,
): Promise<Losses> {
  const folder = mkdtempSync(join(tmpdir(), 'polis-power-'))
  try {
    const recorded = await recordWorkload(folder, seed, durability)
    const { calls } = recorded
    const syncs = calls.filter(({ kind }) => kind === 'sync').length
    say(
      `${durability}: ${calls.length} calls recorded, ${syncs} of them fsync; the power goes ${cuts} times (seed ${seed})`,
    )
    const random = seededRandom(seed)
    const places = Array.from({ length: cuts }, () => Math.floor(random.next() * (calls.length + 1))).sort(
      (a, b) => a - b,
    )
    return await cutAt(recorded, places, { durability, random, folder: join(folder, 'found') })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function cutAt(
  { calls, store, asked }: Recorded,
  places: readonly number[],
  {
    durability,
    random,
    folder,
  }: { readonly durability: LocalDurability; readonly random: Random; readonly folder: string },
): Promise<Losses> {
  const losses = { acknowledged: 0, missing: [] as string[], faults: [] as string[] }
  const disk = createDisk()
  let at = 0
  for (const place of places) {
    for (; at < place; at++) {
      const call = calls[at]
      if (call !== undefined) disk.apply(call)
    }
    const witness = readWitness(calls.slice(0, place), asked)
    losses.acknowledged += witness.facts
    const where = `${durability}, power lost after call ${place}`
    try {
      const found = await openFound(disk.losePower(random), store, folder)
      losses.missing.push(...missingFacts(found, witness).map((what) => `${where}: ${what}`))
      losses.faults.push(...gaps(found).map((what) => `${where}: ${what}`))
    } catch (reason) {
      losses.faults.push(`${where}: the store does not open: ${reason instanceof Error ? reason.message : reason}`)
    }
  }
  return losses
}

// Opening checks the database as a whole.
async function openFound(files: ReadonlyMap<string, Buffer>, store: string, folder: string): Promise<Collected> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  for (const [path, bytes] of files) if (path.startsWith(store)) writeFileSync(join(folder, basename(path)), bytes)
  return collectStore({ kind: 'sqlite', path: join(folder, basename(store)), durability: 'process' })
}

function gaps({ runs }: Collected): string[] {
  return runs
    .filter(({ record, entries }) => {
      return record.sequence !== entries.length || entries.some(({ sequence }, at) => sequence !== at + 1)
    })
    .map(({ record }) => `the journal of ${record.run} has a gap`)
}
