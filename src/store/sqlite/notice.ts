import type { DatabaseSync } from 'node:sqlite'
import type { WatchListener } from '../journal.ts'
import { prepare } from './statement.ts'

/** A quicker way than polling to tell the other connections of this process, those of its other threads, what was committed. */
export interface CommitHint {
  /** Says which runs this connection changed, and of which of them nothing is new but entries of their holder. */
  post(runs: ReadonlySet<string>, quiet: ReadonlySet<string>): void
  /** Calls back when another one said so; returns what ends it. */
  listen(heard: (runs: ReadonlySet<string>, quiet: ReadonlySet<string>) => void): () => void
}

/** Tells watchers of commits, at most once an event-loop turn. */
export interface Notice {
  /** Runs changed by this connection. */
  tell(runs: ReadonlySet<string>, quiet: ReadonlySet<string>): void
  watch(listener: WatchListener): () => void
  /** Tells nobody any more. */
  stop(): void
}

const NONE: ReadonlySet<string> = new Set()

/** How often other processes' commits are looked for (ms): while there are some, and while there are none. */
const BUSY_POLL = 5
const IDLE_POLL = 25
/** So many polls without news make it idle. */
const PATIENCE = 40
/** While hints explain what is seen, another process' commits among theirs are told of at the latest so much later (ms). */
const EXPLAINED = 500

/**
 * Makes the notice of one connection.
 *
 * What other connections commit is seen by polling `PRAGMA data_version`, a look into shared memory of about a microsecond, only
 * while somebody watches. What this process' other threads commit, hints tell at once, run by run: nobody else has to look.
 */
export function createNotice(database: DatabaseSync, hint?: CommitHint): Notice {
  const listeners = new Set<WatchListener>()
  let runs: Set<string> | undefined = new Set()
  let quiet = new Set<string>()
  let armed: NodeJS.Immediate | undefined
  const call = () => {
    const news = runs
    const still = quiet
    runs = new Set()
    quiet = new Set()
    armed = undefined
    for (const listener of [...listeners]) listener(news, still)
  }
  const tell = (changed: ReadonlySet<string> | undefined, calm: ReadonlySet<string> = NONE) => {
    if (changed?.size === 0 || listeners.size === 0) return
    if (changed === undefined) runs = undefined
    else if (runs !== undefined) {
      for (const run of changed) {
        if (!calm.has(run)) quiet.delete(run)
        else if (!runs.has(run)) quiet.add(run)
        runs.add(run)
      }
    }
    armed ??= setImmediate(call)
  }
  const poll = createPoll(database, () => tell(undefined))
  const deaf = hint?.listen((changed, calm) => {
    poll.explain()
    tell(changed, calm)
  })
  return {
    tell: (changed, calm) => {
      tell(changed, calm)
      if (changed.size > 0) hint?.post(changed, calm)
    },
    watch: (listener) => {
      // A listener of its own each time, so that watching twice with one function is two watches.
      const own: WatchListener = (news, still) => listener(news, still)
      listeners.add(own)
      if (listeners.size === 1) poll.start()
      return () => {
        if (listeners.delete(own) && listeners.size === 0) poll.stop()
      }
    },
    stop: () => {
      clearImmediate(armed)
      listeners.clear()
      poll.stop()
      deaf?.()
    },
  }
}

interface Poll {
  start(): void
  /** A hint told of what is seen about now. */
  explain(): void
  stop(): void
}

function createPoll(database: DatabaseSync, found: () => void): Poll {
  const version = prepare<{ data_version: number }>(database, 'PRAGMA data_version')
  let last = 0
  let quiet = 0
  /** When a hint told of something last (ms). */
  let explained = Number.NEGATIVE_INFINITY
  /** When something was seen first that hints may not explain in full (ms). */
  let unsure: number | undefined
  let timer: NodeJS.Timeout | undefined
  const current = () => {
    try {
      return version.get()?.data_version ?? last
    } catch {
      // Another process holds the file for a moment, as in a recovery: the next poll will see.
      return last
    }
  }
  const look = () => {
    const seen = current()
    const now = performance.now()
    quiet = seen === last ? quiet + 1 : 0
    if (seen !== last) unsure ??= now
    last = seen
    if (unsure === undefined || (now - explained < EXPLAINED && now - unsure < EXPLAINED)) return
    unsure = undefined
    found()
  }
  const arm = () => {
    timer = setTimeout(
      () => {
        look()
        arm()
      },
      quiet < PATIENCE ? BUSY_POLL : IDLE_POLL,
    ).unref()
  }
  return {
    start: () => {
      last = current()
      arm()
    },
    explain: () => {
      explained = performance.now()
    },
    stop: () => clearTimeout(timer),
  }
}
