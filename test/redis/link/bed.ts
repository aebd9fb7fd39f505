import { systemClock } from '../../../src/core/clock.ts'
import { systemRandom } from '../../../src/core/random.ts'
import { openLink } from '../../../src/store/redis/link/open.ts'
import type { LinkOptions } from '../../../src/store/redis/link/options.ts'
import type { Link } from '../../../src/store/redis/link.ts'
import type { Log } from '../../../src/telemetry/log.ts'

/** A library that counts: `write` adds a payload to a list, unless it is empty, and answers how many there are; `read` answers that alone. */
const counting = library('polis_0123456789ab')

/** The same under another name, as another release has it. */
export function library(name: string) {
  const text = [
    `#!lua name=${name}`,
    "local function read(keys) return tostring(redis.call('llen', keys[1] .. 'calls')) end",
    'local function write(keys, args)',
    "  if args[1] == '' then return read(keys) end",
    "  return tostring(redis.call('rpush', keys[1] .. 'calls', args[1]))",
    'end',
    `redis.register_function({ function_name = '${name}_write', callback = write, flags = { 'allow-oom' } })`,
    `redis.register_function({ function_name = '${name}_read', callback = read, flags = { 'no-writes' } })`,
  ]
  return { name, text: text.join('\n') }
}

/** A link, with what it logged, closed at the end of the block. */
export interface TestLink extends Link, AsyncDisposable {
  readonly logged: string[]
  /** Writes a text, and answers how many calls there were. */
  write(text?: string): Promise<number>
  read(): Promise<number>
}

/** Opens a link to a port of this machine. */
export async function open(port: number, options: Partial<LinkOptions> = {}): Promise<TestLink> {
  const logged: string[] = []
  const link = await openLink({
    place: { kind: 'standalone', address: { host: '127.0.0.1', port } },
    ...{ login: {}, kept: { kind: 'process' }, library: counting, prefix: 'test' },
    ...{ clock: systemClock(), random: systemRandom(), log: logTo(logged), timeout: 2000 },
    ...options,
  })
  return {
    ...{ ...link, logged },
    write: async (text = 'a text') => Number(String(await link.call(0, 'write', Buffer.from(text)))),
    read: async () => Number(String(await link.call(0, 'read', Buffer.from('')))),
    [Symbol.asyncDispose]: link.close,
  }
}

/** Resolves once it holds, looking whenever the link's state changes. */
export function until(link: Link, holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!holds()) return
      forget()
      resolve()
    }
    const forget = link.watch(look)
    look()
  })
}

function logTo(lines: string[]): Log {
  const write = (fields: object, message: string) => void lines.push(`${message} ${JSON.stringify(fields)}`)
  const log: Log = { debug: write, info: write, warn: write, error: write, child: () => log }
  return log
}
