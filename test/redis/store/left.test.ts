import assert from 'node:assert/strict'
import { it } from 'node:test'
import {
  aCharge,
  aCommit,
  aMessage,
  anEntry,
  aQuestion,
  aReservation,
  aSchedule,
  aSession,
  aSubmit,
  aWorker,
  bytes,
} from '../../../src/store/conformance/build.ts'
import { skipWithout } from '../server/binary.ts'
import { startRedis } from '../server/redis.ts'
import { openPlayed, type Played } from './played.ts'
import { removeAll } from './remove-all.ts'

const TITLE = 'of runs and sessions with everything that they can have, nothing is left once they are removed'
const skip = skipWithout('redis-server', 'redis-cli')

it(TITLE, { skip }, async () => {
  await using redis = await startRedis()
  const played = await openPlayed(redis)
  await using store = played.store
  await store.coordination.register(aWorker('w1'))
  await converse(played)
  await tick(played)
  const kinds = new Set((await played.keys()).map((key) => key.split(':')[0]))
  for (const kind of KINDS) assert.ok(kinds.has(kind), `there is something under ${kind}`)
  await store.coordination.removeSchedule('t1', 'daily')
  await removeAll(played)
})

const KINDS = 'r j i d q b c o k s sw st x y z g e u B Bd h'.split(' ')

async function converse({ store: { journal, index, blob } }: Played): Promise<void> {
  const put = async (text: string) => (await blob.put('t1', bytes(text))).hash
  const [named, input, payload] = [await put('named'), await put('input'), await put('payload')]
  await put('of nobody')
  await index.createSession(aSession('s1', { tags: { team: 'blue' }, title: 'One', ttl: 60 }))
  const record = { tags: { team: 'blue', 'a=b': 'c' }, parent: { run: 'r0', step: 'call' } }
  const key = { key: 'k', inputHash: 'h' }
  for (const run of ['r1', 'r2', 'r3'])
    await journal.submit(
      aSubmit(run, { in: 's1', record, key: { ...key, key: run }, claim: { worker: 'w1' }, blobs: [input] }),
    )
  const entries = [{ ...anEntry('r1', 2), payload: new Uint8Array(), blob: payload }]
  await journal.append(
    aCommit('r1', {
      ...{ entries, blobs: [named, 'of a blob that nobody put'], session: { state: bytes('state') }, title: 'Two' },
      asks: [aQuestion('r1', 'q1', { assignee: 'finance', deadline: 9 }), aQuestion('r1', 'q2')],
      reserves: [aReservation('r1', 'x', { 'run/r1': 100, day: 100 }), aReservation('r1', 'y', { day: 100 })],
      settles: [{ id: 'y', amounts: { tokens: 1 } }],
      charges: [aCharge('r1', 'c')],
      raises: [{ id: 'u', key: 'day', amounts: { tokens: 5 } }],
    }),
  )
  for (const id of ['m1', 'm2']) await journal.deliver(aMessage('r1', id))
}

async function tick({ store: { coordination } }: Played): Promise<void> {
  await coordination.putSchedule(aSchedule('daily'))
  await coordination.tick(aSchedule('daily'), 6_000, aSubmit('r4', { notBefore: 10 ** 15 }))
}
