import type { Clock } from '../../core/clock.ts'
import { PolisError } from '../../core/error.ts'
import type { Metrics } from '../../telemetry/metrics-port.ts'
import { type Answer, readAnswer } from './answer.ts'
import { createGroup } from './group.ts'
import type { Link } from './link.ts'
import { createNews, type News } from './news.ts'
import { createNotice, type Notice } from './notice.ts'
import { type Operation, readAll } from './operation.ts'
import { createPacker } from './pack.ts'

/** One shard of a store, as one process has it: a whole small store whose operations are Lua. */
export interface Shard {
  readonly number: number
  /** Does the operation with the group of this event-loop turn; resolves once it is durable. */
  write<T>(operation: Operation<T>): Promise<T>
  /** Does what keeps a lease, which waits neither for a durability nor behind what does. */
  keep<T>(operation: Operation<T>): Promise<T>
  /** Asks what is committed, with the group of this turn. */
  read<T>(operation: Operation<T>): Promise<T>
  watch: Notice['watch']
  /** Refuses new calls, and resolves once nothing is pending. */
  stop(): Promise<void>
}

/** What a shard is made from. */
export interface ShardOptions {
  readonly link: Link
  readonly number: number
  readonly clock: Clock
  readonly metrics: Metrics
  /** This process to others: tells its own messages from theirs. */
  readonly sender: string
}

/** Makes the shard of one process. */
export function createShard(options: ShardOptions): Shard {
  const notice = createNotice()
  const news = createNews((...told) => publish(options, ...told))
  const writes = createWrites(options, notice, news, 'write')
  const leases = createWrites(options, notice, news, 'lease')
  const reads = createReads(options)
  const deaf = listen(options, notice)
  let isOpen = true
  const open = <T>(send: () => Promise<T>): Promise<T> => (isOpen ? send() : Promise.reject(closed()))
  return {
    number: options.number,
    write: (operation) => open(() => writes.send(operation)),
    keep: (operation) => open(() => leases.send(operation)),
    read: (operation) => open(() => reads.send(operation)),
    watch: notice.watch,
    stop: async () => {
      isOpen = false
      await Promise.all([writes, leases, reads].map((group) => group.drain()))
      deaf()
      news.stop()
      notice.stop()
    },
  }
}

function createWrites(
  { link, number, clock, metrics }: ShardOptions,
  notice: Notice,
  news: News,
  kind: 'write' | 'lease',
) {
  return createGroup({
    packer: createPacker(),
    now: () => clock.now(),
    call: (payload) => link.call(number, kind, payload),
    told: (answer) => {
      const loud = readAll(answer, readTopic)
      const quiet = readAll(answer, readTopic)
      const waiting = answer.boolean()
      notice.tell(loud, quiet, waiting)
      news.tell(loud, quiet, waiting)
    },
    measured: (took, entries, failure) => {
      const status = failure === undefined ? 'ok' : failure.code === 'STORE_FULL' ? 'full' : 'error'
      metrics.increment('store_commits_total', { status })
      metrics.observe('store_commit_seconds', {}, took / 1000)
      if (entries > 0) metrics.observe('store_commit_entries', {}, entries)
    },
  })
}

function createReads({ link, number, clock }: ShardOptions) {
  return createGroup({
    packer: createPacker(),
    now: () => clock.now(),
    call: (payload) => link.call(number, 'read', payload),
    told: () => {},
    measured: () => {},
  })
}

function publish({ link, number, sender }: ShardOptions, ...told: Parameters<News['tell']>): void {
  const packer = createPacker(1024)
  packer.value([sender, ...told])
  link.publish(number, packer.take())
}

// What other processes changed. A message that cannot be read says at least that there was one.
function listen({ link, number, sender }: ShardOptions, notice: Notice): () => void {
  return link.listen((shard, message) => {
    if (shard !== number) return
    if (message === undefined) return notice.tell(undefined)
    try {
      const answer = readAnswer(message)
      answer.array()
      if (answer.text() === sender) return
      const [loud, quiet] = [readAll(answer, readText), readAll(answer, readText)]
      notice.tell(loud, quiet, answer.boolean())
    } catch {
      // Another release may say it in another form.
      notice.tell(undefined)
    }
  })
}

function readText(answer: Answer): string {
  return answer.text()
}

// A run by its name in the store, of which watchers know the run alone; or another topic, such as that of a session.
function readTopic(answer: Answer): string {
  const name = answer.text()
  const at = name.indexOf(':')
  const isTopic = at < 0 || name.lastIndexOf('/', at) >= 0
  return isTopic ? name : name.slice(at + 1)
}

function closed(): PolisError {
  return new PolisError('STORE_UNAVAILABLE', 'The Redis store was closed: open it again')
}
