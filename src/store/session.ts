/** A conversation. `active` is its unfinished run that is not blocked, `waiting` counts the blocked ones behind it. Times are ms. */
export interface SessionRecord {
  readonly tenant: string
  readonly session: string
  readonly agent: string
  readonly title?: string
  readonly tags: Readonly<Record<string, string>>
  /** How long it stays after its last change while no run is unfinished; absent: until it is removed. */
  readonly ttl?: number
  readonly state: Uint8Array
  readonly version: number
  readonly active?: string
  readonly waiting: number
  readonly createdAt: number
  readonly updatedAt: number
}

/** A session to begin. */
export interface NewSession {
  readonly tenant: string
  readonly session: string
  readonly agent: string
  readonly title?: string
  readonly tags: Readonly<Record<string, string>>
  readonly ttl?: number
}

/** What a client changes of a session; null takes away, absent leaves as it is. A title given here is not changed by runs any more. */
export interface SessionChange {
  readonly title?: string | null
  /** All of them. */
  readonly tags?: Readonly<Record<string, string>>
  readonly ttl?: number | null
}

/** Which sessions. */
export interface SessionFilter {
  readonly agent?: string
  /** All of these tags, with these values. */
  readonly tags?: Readonly<Record<string, string>>
  /** With an unfinished run, or without one. */
  readonly active?: boolean
}

/**
 * One turn of a run in its session (G7): the entries after `after`, up to `until` once the turn is over.
 *
 * Turns are numbered as they begin, and a run that is retried has another one: together they are the session's history, in order and
 * each entry once. A run that ended while it waited has a turn that was over at once. Numbers are never used again.
 */
export interface SessionTurn {
  readonly place: number
  readonly run: string
  readonly after: number
  readonly until?: number
}

/** What watchers are told of a session whose turn passed. */
export function sessionTopic(session: string): string {
  return `session/${session}`
}
