import type { ErrorCode, PolisError } from '../../../core/error.ts'
import { showHostPort } from '../../../core/host-port.ts'
import type { Log } from '../../../telemetry/log.ts'
import type { Line } from './line.ts'

/** Says when a primary is connected and lost: in the log, and to whoever watches. */
export interface LinkState {
  /** `place` tells the primaries of a Cluster apart. */
  changed(line: Line | undefined, missing: PolisError | undefined, place?: string): void
  watch(changed: () => void): () => void
  /** Rejects as soon as it is clear that waiting does not help. */
  readonly hopeless: Promise<never>
}

const HOPELESS: readonly ErrorCode[] = ['INVALID_CONFIG', 'STORE_UNSUITABLE']

/** The state of a link that is being opened. */
export function createState(log: Log): LinkState {
  const watching = new Set<() => void>()
  const said = new Map<string, string>()
  let wasConnected = false
  let giveUp: (error: PolisError) => void = () => undefined
  const hopeless = new Promise<never>((_resolve, reject) => {
    giveUp = reject
  })
  // Of interest only while somebody waits for the first connection.
  hopeless.catch(() => undefined)
  return {
    hopeless,
    changed: (line, missing, place = '') => {
      const news = line === undefined ? (missing?.message ?? '') : `connected to ${showHostPort(line.address)}`
      const isHopeless = missing !== undefined && HOPELESS.includes(missing.code)
      wasConnected ||= line !== undefined
      // An attempt that fails like the one before is no news, and neither is what whoever opens the link is told.
      const isNews = news !== said.get(place) && (wasConnected || !isHopeless)
      if (isNews && line !== undefined) log.info({ address: showHostPort(line.address) }, 'Redis is connected')
      else if (isNews) log.warn({ code: missing?.code, reason: news }, 'Redis is not connected')
      said.set(place, news)
      if (isHopeless) giveUp(missing)
      for (const tell of [...watching]) tell()
    },
    watch: (tell) => {
      watching.add(tell)
      return () => void watching.delete(tell)
    },
  }
}
