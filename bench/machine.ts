import { execFileSync } from 'node:child_process'
import { availableParallelism, cpus, release, totalmem, type } from 'node:os'

/** What absolute figures depend on, in words. */
export function describeMachine(): string {
  const [processor] = cpus()
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`
  return `${availableParallelism()} × ${processor?.model.trim() ?? 'unknown'}, ${memory}, ${type()} ${release()}, ${fileSystem()}, Node ${process.version}`
}

function fileSystem(): string {
  try {
    return execFileSync('stat', ['--file-system', '--format=%T', '/tmp'], { encoding: 'utf8' }).trim()
  } catch {
    // Not every system's stat knows these options.
    return 'unknown file system'
  }
}
