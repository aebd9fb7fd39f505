import { execFileSync } from 'node:child_process'

/** Processor time of Redis' main thread so far (µs); undefined for a store that is no server. */
export function serverMicros(name: string, port: string): number | undefined {
  if (name !== 'redis') return undefined
  const printed = execFileSync('redis-cli', ['-p', port, 'INFO', 'cpu'], { encoding: 'utf8' })
  const seconds = (kind: string) =>
    Number(new RegExp(`^used_cpu_${kind}_main_thread:([\\d.]+)`, 'm').exec(printed)?.[1])
  return (seconds('user') + seconds('sys')) * 1e6
}
