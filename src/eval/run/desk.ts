/**
 * The desk where questions of evaluated runs arrive.
 *
 * Role: looks which questions are open whenever the store has changed, and hands each to whoever attends to the run below which it was
 * asked. Boundary: it answers nothing by itself.
 *
 * 1. It reads the store only while somebody attends, at most one read at a time.
 * 2. A question is handed out once to each attendant.
 * 3. Questions of other runs are looked at once: a store with many of them is not read whole at every commit.
 */
import type { Clock } from '../../core/clock.ts'
import { PolisError } from '../../core/error.ts'
import type { QuestionView, Service } from '../../engine/service/service.ts'
import type { Store } from '../../store/store.ts'
import type { Log } from '../../telemetry/log.ts'

/** Somebody who answers for one case. */
export interface Attendant {
  readonly tenant: string
  /** The run of `polis.eval`, and the tags of the case's own run below it. */
  readonly parent: string
  readonly tags: Readonly<Record<string, string>>
  /** Told each open question once. */
  readonly ask: (question: QuestionView) => void
}

/** See the head of this file. */
export interface Desk {
  /** Tells of questions until the returned function is called. */
  attend(attendant: Attendant): () => void
}

interface Sitting extends Attendant {
  readonly told: Set<string>
}

/** A hint of the store may be lost: it is read at least so often (ms). */
const EVERY = 1000
/** So many questions of others are kept in mind. */
const MOST_FOREIGN = 100_000

/** Makes the desk of a process. */
export function createDesk(options: {
  readonly store: Store
  readonly service: Pick<Service, 'questions'>
  readonly clock: Clock
  readonly log: Log
}): Desk {
  const { store, clock, log } = options
  const sitting = new Set<Sitting>()
  const foreign = new Set<string>()
  let unwatch = () => {}
  let stopTimer = () => {}
  let reading = false
  let again = false
  const look = async (): Promise<void> => {
    if (sitting.size === 0) return
    again = true
    if (reading) return
    reading = true
    while (again) {
      again = false
      if (foreign.size > MOST_FOREIGN) foreign.clear()
      await handOut(options, sitting, foreign).catch((reason: unknown) => {
        log.warn({ error: PolisError.from(reason) }, 'open questions of evals could not be read, trying again')
      })
    }
    reading = false
  }
  const tick = () => {
    void look()
    stopTimer = clock.setTimer(clock.now() + EVERY, tick)
  }
  return {
    attend(attendant) {
      const one = { ...attendant, told: new Set<string>() }
      sitting.add(one)
      // One of them may be for whoever sits down now.
      foreign.clear()
      if (sitting.size === 1) {
        unwatch = store.journal.watch(() => void look())
        stopTimer = clock.setTimer(clock.now() + EVERY, tick)
      }
      void look()
      return () => {
        if (!sitting.delete(one) || sitting.size > 0) return
        unwatch()
        stopTimer()
      }
    },
  }
}

async function handOut(
  { store, service }: Parameters<typeof createDesk>[0],
  sitting: ReadonlySet<Sitting>,
  foreign: Set<string>,
): Promise<void> {
  for (const tenant of new Set([...sitting].map((it) => it.tenant))) {
    let cursor: string | undefined
    do {
      const page = await service.questions({ tenant }, {}, { limit: 200, ...(cursor === undefined ? {} : { cursor }) })
      let isKnown = true
      for (const question of page.items) {
        const key = `${tenant}/${question.run}/${question.id}`
        if (foreign.has(key)) continue
        const one = await attendantOf(store, tenant, question, sitting)
        if (one === undefined) foreign.add(key)
        if (one?.told.has(key)) continue
        isKnown = false
        one?.told.add(key)
        one?.ask(question)
      }
      // The newest come first: behind a page with nothing new there is nothing new.
      cursor = isKnown ? undefined : page.cursor
    } while (cursor !== undefined)
  }
}

// Whoever attends to the case's run that asked, or to one above it.
async function attendantOf(
  store: Store,
  tenant: string,
  { run }: QuestionView,
  sitting: ReadonlySet<Sitting>,
): Promise<Sitting | undefined> {
  const parents = new Set([...sitting].map(({ parent }) => parent))
  for (let id: string | undefined = run; id !== undefined; ) {
    const record: Awaited<ReturnType<Store['index']['get']>> = await store.index.get(tenant, id)
    const above: string | undefined = record?.parent?.run
    if (record !== undefined && above !== undefined && parents.has(above)) {
      return [...sitting].find(
        (one) =>
          one.tenant === tenant &&
          one.parent === above &&
          Object.entries(one.tags).every(([name, value]) => record.tags[name] === value),
      )
    }
    id = above
  }
  return undefined
}
