import { existsSync, globSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { watchdog } from '../../redis/server/watchdog.ts'
import { until } from '../api/until.ts'

const ROOT = '/sys/fs/cgroup'

/**
 * Makes a control group of this name in every hierarchy (cgroup v1), as a kubelet's root.
 *
 * A group of `cpuset` begins without a processor and without memory, in which nothing could run.
 */
export function makeControlGroup(name: string): void {
  watchdog().watch(`cgroup:${name}`)
  for (const hierarchy of hierarchies()) mkdirSync(join(hierarchy, name), { recursive: true })
  // One process weighs 1024: the pods of a node together would get as little as it, on a machine that has more to do.
  writeFileSync(join(ROOT, 'cpu', name, 'cpu.shares'), String(16 * 1024))
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    const path = join(ROOT, 'cpuset', name, file)
    if (existsSync(path)) writeFileSync(path, readFileSync(join(dirname(dirname(path)), file)))
  }
}

/** Removes it, with the groups below it, once the processes in them have ended, which were killed. */
export async function removeControlGroup(name: string): Promise<void> {
  await until(`the control group ${name} is gone`, async () => {
    for (const hierarchy of hierarchies()) {
      const below = globSync(join(hierarchy, name, '**/'))
      for (const group of [...below, join(hierarchy, name)].sort((one, other) => other.length - one.length))
        if (existsSync(group)) rmdirSync(group)
    }
    return true
  })
  watchdog().forget(`cgroup:${name}`)
}

function hierarchies(): readonly string[] {
  return globSync(join(ROOT, '*/')).filter((path) => existsSync(join(path, 'cgroup.procs')))
}
