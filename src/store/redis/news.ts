/** Tells other processes what changed here. */
export interface News {
  /** What others may act on, what only holders of runs wrote to, and whether runs wait to be claimed. */
  tell(loud: readonly string[], quiet: readonly string[], waiting: boolean): void
  /** Tells what is left, and no more after it. */
  stop(): void
}

/** So long at least between two messages (ms): each costs every process that hears it. */
const PAUSE = 2

/**
 * Makes the news of one process: told at once, and what happens in a pause after that, at its end.
 *
 * The timer is of the system, since it spares messages as a turn of the event loop does, and nothing depends on when it fires.
 */
export function createNews(publish: News['tell']): News {
  const loud = new Set<string>()
  const quiet = new Set<string>()
  let someWait = false
  let timer: NodeJS.Timeout | undefined
  const send = () => {
    timer = undefined
    if (loud.size === 0 && quiet.size === 0) return
    publish([...loud], [...quiet.difference(loud)], someWait)
    someWait = false
    loud.clear()
    quiet.clear()
    timer = setTimeout(send, PAUSE).unref()
  }
  return {
    tell: (some, calm, waiting) => {
      someWait ||= waiting
      for (const topic of some) loud.add(topic)
      for (const topic of calm) quiet.add(topic)
      if (timer === undefined) send()
    },
    stop: () => {
      clearTimeout(timer)
      send()
      clearTimeout(timer)
    },
  }
}
