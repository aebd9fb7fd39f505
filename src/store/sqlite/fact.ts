import { PolisError } from '../../core/error.ts'
import { notEmptyError, RESTORED, unfinishedError } from '../transfer/refusal.ts'
import { type ImportSource, type Pause, STORE_TOPIC, type StoreState } from '../transfer.ts'
import { touch, type Work } from './work.ts'

type Importing = NonNullable<StoreState['importing']>

/** Why and since when the store is paused; undefined when it is not. */
export function pauseOf(work: Work): Pause | undefined {
  return factOf<Pause>(work, 'paused')
}

/** How the store stands as a whole. */
export function stateOf(work: Work): StoreState {
  const { value: incarnation } = work.facts.get.get('incarnation') ?? {}
  const [paused, importing] = [pauseOf(work), importOf(work)]
  return {
    format: Number(work.facts.get.get('format')?.value),
    incarnation: String(incarnation),
    ...(paused === undefined ? {} : { paused }),
    ...(importing === undefined ? {} : { importing }),
  }
}

/** Pauses the store, unless it is. */
export function pause(work: Work, reason: string, now: number): void {
  if (pauseOf(work) !== undefined) return
  putFact(work, 'paused', { since: now, reason })
  touch(work, STORE_TOPIC)
}

/** Ends the pause; answers which import it has to wait for. */
export function resume(work: Work): ImportSource | undefined {
  const importing = importOf(work)
  if (importing !== undefined) return importing
  work.facts.remove.run('paused')
  touch(work, STORE_TOPIC)
  return undefined
}

/** Makes the store one that an import fills; answers how far it was filled. */
export function beginImport(work: Work, { id }: ImportSource, found: string | undefined, now: number): number {
  const importing = importOf(work)
  if (importing?.id === id) return importing.progress
  if (importing !== undefined) throw unfinishedError(importing)
  if (found !== undefined) throw notEmptyError(found)
  work.facts.remove.run('paused')
  pause(work, RESTORED, now)
  work.facts.remove.run('incarnation')
  work.facts.arise.run()
  setProgress(work, { id, progress: 0 })
  return 0
}

/** The import that has begun and not ended. */
export function importOf(work: Work): Importing | undefined {
  return factOf<Importing>(work, 'import')
}

/** Remembers how far an import is; undefined once it is over. */
export function setProgress(work: Work, importing: Importing | undefined): void {
  if (importing === undefined) work.facts.remove.run('import')
  else putFact(work, 'import', importing)
}

// Written by `putFact`, as what it is read as.
function factOf<T>(work: Work, name: string): T | undefined {
  const value = work.facts.get.get(name)?.value
  if (value === undefined) return undefined
  if (typeof value !== 'string')
    throw new PolisError('STORE_CORRUPT', `Expected JSON in the row ${name} of meta, got ${value}`)
  return JSON.parse(value) as T
}

function putFact(work: Work, name: string, value: object): void {
  work.facts.put.run(name, JSON.stringify(value))
}
