import { systemClock } from '../../../src/core/clock.ts'
import { systemRandom } from '../../../src/core/random.ts'
import { type Library, readLibrary } from '../../../src/store/redis/library.ts'
import { openLink } from '../../../src/store/redis/link/open.ts'
import type { Place } from '../../../src/store/redis/link/options.ts'
import type { Link } from '../../../src/store/redis/link.ts'
import { createPacker } from '../../../src/store/redis/pack.ts'
import { silentLog } from '../../../src/telemetry/log.ts'

/** A link to a server on this machine, for keys of their own, that hears what others publish. */
export async function openTestLink(
  at: number | Place,
  prefix: string,
  library: Library = readLibrary(),
): Promise<Link> {
  const link = await openLink({
    place: typeof at === 'number' ? { kind: 'standalone', address: { host: '127.0.0.1', port: at } } : at,
    login: {},
    kept: { kind: 'process' },
    library,
    prefix,
    clock: systemClock(),
    random: systemRandom(),
    log: silentLog,
  })
  await isHearing(link)
  return link
}

/** The library as another release has it: under a name of its own. */
export function libraryOfAnotherRelease(): Library {
  const { name, text } = readLibrary()
  return { name: `${name}_next`, text: text.replaceAll(name, `${name}_next`) }
}

// A shard's hints are heard from a moment after its first call on.
async function isHearing(link: Link): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const stop = link.listen(() => resolve())
  const packer = createPacker()
  packer.value([0, []])
  await link.call(0, 'read', packer.take())
  await promise
  stop()
}
