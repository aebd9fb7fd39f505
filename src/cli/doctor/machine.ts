import { statfs } from 'node:fs/promises'
import { availableParallelism, freemem, totalmem } from 'node:os'
import { formatBytes } from '../terminal/format-bytes.ts'
import type { Check } from './check.ts'

const LITTLE_DISK = 1024 ** 3
const NO_DISK = 64 * 1024 ** 2
const LITTLE_MEMORY = 256 * 1024 ** 2

/** Checks the machine: version of Node, processors, memory, disk under the project, and time zone. */
export async function* checkMachine(dir: string): AsyncGenerator<Check> {
  yield {
    area: 'machine',
    name: 'node',
    status: 'ok',
    detail: `${process.version} on ${process.platform} ${process.arch}`,
  }
  yield checkMemory(process.constrainedMemory(), totalmem(), process.availableMemory?.() ?? freemem())
  yield await checkDisk(dir)
  const zone = Temporal.Now.timeZoneId()
  yield { area: 'machine', name: 'time zone', status: 'ok', detail: `${zone}; schedules use the zone that each names` }
}

/** Judges the memory; all in bytes. `constrained` is the limit of a container, if any. */
export function checkMemory(constrained: number, total: number, available: number): Check {
  // Where there is no limit, the platform answers with 0 or a number beyond any machine.
  const limit = constrained > 0 && constrained < total ? constrained : total
  const detail = `${formatBytes(Math.min(available, limit))} free of ${formatBytes(limit)}, ${availableParallelism()} processors`
  const base = { area: 'machine', name: 'memory', detail } as const
  if (available >= LITTLE_MEMORY) return { ...base, status: 'ok' }
  return { ...base, status: 'warn', advice: 'Give it more memory, or lower agent.max_concurrent_workflows' }
}

async function checkDisk(dir: string): Promise<Check> {
  try {
    const { bavail, bsize } = await statfs(dir)
    return judgeDisk(bavail * bsize)
  } catch {
    return {
      area: 'machine',
      name: 'disk',
      status: 'warn',
      detail: `the space under ${dir} cannot be found out`,
      advice: 'Check that --dir is right',
    }
  }
}

/** Judges the bytes that are free where the project lies. */
export function judgeDisk(free: number): Check {
  const base = { area: 'machine', name: 'disk', detail: `${formatBytes(free)} free` } as const
  if (free >= LITTLE_DISK) return { ...base, status: 'ok' }
  const advice = 'Free some space: a store without space accepts no runs'
  return { ...base, status: free < NO_DISK ? 'fail' : 'warn', advice }
}
