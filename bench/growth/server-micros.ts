import { execFileSync } from 'node:child_process'

/** How long Redis has executed our functions (µs); undefined for a store that is no server. */
export function serverMicros(name: string, port: string): number | undefined {
  if (name !== 'redis') return undefined
  const printed = execFileSync('redis-cli', ['-p', port, 'INFO', 'commandstats'], { encoding: 'utf8' })
  return Number(/^cmdstat_fcall:calls=\d+,usec=(\d+)/m.exec(printed)?.[1])
}
