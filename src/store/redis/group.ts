/**
 * Groups of operations on one shard.
 *
 * Role: sends the operations of one event-loop turn together. Boundary: it knows neither runs nor connections.
 * Invariants:
 * 1. An operation is carried out once, and settles when the call that carried it has been answered.
 * 2. Operations are carried out in the order in which they were asked for.
 * 3. One that is refused, or whose answer cannot be read, harms no other.
 */
import { PolisError } from '../../core/error.ts'
import { type Answer, readAnswer } from './answer.ts'
import { type Operation, readRefusal } from './operation.ts'
import type { Packer } from './pack.ts'
import { createQueue, type Queue } from './queue.ts'

/** How groups are sent. */
export interface GroupOptions {
  readonly packer: Packer
  /** The time of a group (ms). */
  readonly now: () => number
  readonly call: (payload: Buffer) => Promise<Buffer>
  /** Reads what follows the answers, once the operations have been settled. */
  readonly told: (answer: Answer) => void
  /** Told of each call: how long its oldest operation took (ms), how many entries there were, and why it failed, if it did. */
  readonly measured: (took: number, entries: number, failure: PolisError | undefined) => void
}

/** Sends operations in groups. */
export interface Group {
  send<T>(operation: Operation<T>): Promise<T>
  /** Resolves when nothing is pending any more. */
  drain(): Promise<void>
}

interface Pending {
  readonly operation: Operation<unknown>
  readonly resolve: (answer: unknown) => void
  readonly reject: (reason: PolisError) => void
  /** When it was asked for, by the monotonic clock (ms). */
  readonly since: number
}

/** Half of what waits travels in one call, so that Redis works on it while Node makes the next; but so many operations, or bytes. */
const LEAST_OPERATIONS = 32
const MOST_OPERATIONS = 256
const MOST_BYTES = 256 * 1024
/** So many calls are under way at once. */
const MOST_CALLS = 4

/** Makes the groups of one shard, for one kind of operation. */
export function createGroup(options: GroupOptions): Group {
  const pending = createQueue<Pending>()
  const waiting: (() => void)[] = []
  let calls = 0
  let armed = false
  const arm = () => {
    if (armed) return
    armed = true
    setImmediate(flush)
  }
  const flush = () => {
    armed = false
    while (pending.size() > 0 && calls < MOST_CALLS) {
      calls++
      void sendSome(options, pending).then(sent)
    }
  }
  const sent = () => {
    calls--
    flush()
    if (calls === 0 && pending.size() === 0) for (const done of waiting.splice(0)) done()
  }
  return {
    send: (operation) =>
      new Promise((resolve, reject) => {
        // What it is resolved with is what this very operation read.
        pending.add({ operation, resolve: resolve as (answer: unknown) => void, reject, since: performance.now() })
        arm()
      }),
    drain: () =>
      calls === 0 && pending.size() === 0 ? Promise.resolve() : new Promise<void>((done) => void waiting.push(done)),
  }
}

// Never rejects.
async function sendSome(options: GroupOptions, pending: Queue<Pending>): Promise<void> {
  const { some, payload } = takeSome(options, pending)
  const failure = await carryOut(options, some, payload)
  if (failure !== undefined) for (const { reject } of some) reject(failure)
  let entries = 0
  for (const { operation } of some) entries += operation.entries ?? 0
  options.measured(performance.now() - (some[0]?.since ?? 0), entries, failure)
}

function takeSome({ packer, now }: GroupOptions, pending: Queue<Pending>) {
  packer.cut(0)
  packer.array(2)
  packer.number(now())
  const setLength = packer.openArray()
  const some: Pending[] = []
  const most = Math.min(Math.max(Math.ceil(pending.size() / 2), LEAST_OPERATIONS), MOST_OPERATIONS)
  while (some.length < most && packer.size() < MOST_BYTES) {
    const next = pending.take()
    if (next === undefined) break
    if (isPacked(packer, next)) some.push(next)
  }
  setLength(some.length)
  return { some, payload: packer.take() }
}

function isPacked(packer: Packer, { operation, reject }: Pending): boolean {
  const start = packer.size()
  try {
    operation.pack(packer)
    return true
  } catch (reason) {
    packer.cut(start)
    reject(PolisError.from(reason))
    return false
  }
}

async function carryOut({ call, told }: GroupOptions, some: readonly Pending[], payload: Buffer) {
  try {
    const answer = readAnswer(await call(payload))
    answer.array()
    answer.array()
    for (const pending of some) settle(pending, answer)
    told(answer)
    return undefined
  } catch (reason) {
    return PolisError.from(reason)
  }
}

// Reads one answer, whatever its operation makes of it.
function settle({ operation, resolve, reject }: Pending, answer: Answer): void {
  const start = answer.place()
  try {
    const refusal = readRefusal(answer)
    if (refusal === undefined) resolve(operation.read(answer))
    else reject(refusal)
  } catch (reason) {
    reject(PolisError.from(reason))
    answer.goTo(start)
    answer.skip()
  }
}
