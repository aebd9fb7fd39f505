import { Redis } from 'ioredis'
import type { Peer, PeerOptions } from '../peer/one.ts'
import { INPUT, OUTPUT } from './workload.ts'

/** How many operations travel in one call at most, and how many calls are under way, as ours. */
const MOST_OPERATIONS = 32
const MOST_CALLS = 4

/**
 * Writes what ours writes, and checks nothing: for each run a record and what never changes of it, an entry of its journal for each
 * commit, the lists that runs are found by, what its worker holds, counters; what is shared once for all of a call.
 */
const SCRIPT = `
local texts, born, held, left, ended, done = {}, {}, {}, {}, {}, {}
for at = 1, #ARGV, 6 do
  local kind, run, time, record, entry, fixed = unpack(ARGV, at, at + 5)
  redis.call('RPUSH', '{bare}:j:' .. run, entry)
  texts[#texts + 1] = '{bare}:r:' .. run
  texts[#texts + 1] = record
  if kind == 'submit' then
    texts[#texts + 1] = '{bare}:f:' .. run
    texts[#texts + 1] = fixed
    born[#born + 1] = time
    born[#born + 1] = run
    held[#held + 1] = 'default:' .. run
  elseif kind == 'end' then
    ended[#ended + 1] = time
    ended[#ended + 1] = run
    done[#done + 1] = time
    done[#done + 1] = 'default:' .. run
    left[#left + 1] = 'default:' .. run
  end
end
redis.call('MSET', unpack(texts))
if #born > 0 then
  redis.call('ZADD', '{bare}:x:default', unpack(born))
  redis.call('ZADD', '{bare}:x:default:a:three-step', unpack(born))
  redis.call('SADD', '{bare}:wn', 'worker_1')
  redis.call('SADD', '{bare}:wh:worker_1', unpack(held))
end
if #ended > 0 then
  redis.call('ZADD', '{bare}:x:default:st:completed', unpack(ended))
  redis.call('ZADD', '{bare}:end', unpack(done))
  redis.call('SREM', '{bare}:wh:worker_1', unpack(left))
end
if #held ~= #left then redis.call('HINCRBY', '{bare}:n', 'running:default:three-step', #held - #left) end
return #ARGV / 6
`

/** The floor: a script without an engine that makes the same Redis writes in groups of the same size. */
export async function createPeer({ redis: port, concurrency }: PeerOptions): Promise<Peer> {
  const redis = new Redis({ host: '127.0.0.1', port })
  const hash = String(await redis.script('LOAD', SCRIPT))
  const commit = groupCommit((parts) => redis.evalsha(hash, 0, ...parts))
  let number = 0
  const run = async () => {
    const name = `run_${String(number++).padStart(26, '0')}`
    await commit('submit', name, 'run-submitted', { agent: 'three-step', input: INPUT, tags: {}, priority: 0 })
    for (const [index, id] of ['first', 'second', 'third'].entries()) {
      await commit('append', name, 'step-completed', { id, index, attempt: 1, ms: 0, output: OUTPUT })
    }
    await commit('end', name, 'run-completed', { output: OUTPUT })
    return OUTPUT
  }
  return {
    run,
    async drain(runs) {
      let left = runs
      const lane = async () => {
        while (left-- > 0) await run()
      }
      await Promise.all(Array.from({ length: concurrency }, lane))
    },
    async close() {
      redis.disconnect()
    },
  }
}

type Commit = (kind: 'submit' | 'append' | 'end', run: string, entry: string, body: unknown) => Promise<void>

interface Pending {
  readonly parts: readonly string[]
  readonly resolve: () => void
}

function groupCommit(call: (parts: readonly string[]) => Promise<unknown>): Commit {
  let pending: Pending[] = []
  let calls = 0
  let armed = false
  const flush = () => {
    armed = false
    while (pending.length > 0 && calls < MOST_CALLS) {
      const some = pending.slice(0, MOST_OPERATIONS)
      pending = pending.slice(MOST_OPERATIONS)
      calls++
      void call(some.flatMap(({ parts }) => parts)).then(() => {
        calls--
        for (const { resolve } of some) resolve()
        flush()
      })
    }
  }
  return (kind, run, entry, body) => {
    const time = Date.now()
    const text = `1 ${entry} 1 ${time} - bench\n${JSON.stringify(body)}`
    // As long as a record of ours.
    const record = `${kind} three-step bench worker_01m8ahhzgedz5vy2d7e6hpskrn ${time} ${time} ${time} 1 1 1 0 0`
    const fixed =
      kind === 'submit'
        ? JSON.stringify({
            tenant: 'default',
            run,
            agent: 'three-step',
            release: 'bench',
            priority: 0,
            tags: {},
            createdAt: time,
          })
        : ''
    return new Promise((resolve) => {
      pending.push({ parts: [kind, run, String(time), record, text, fixed], resolve })
      if (armed) return
      armed = true
      setImmediate(flush)
    })
  }
}
