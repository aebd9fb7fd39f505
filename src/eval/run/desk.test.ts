import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { manualClock } from '../../core/manual-clock.ts'
import type { QuestionView } from '../../engine/service/service.ts'
import type { Store } from '../../store/store.ts'
import { silentLog } from '../../telemetry/log.ts'
import { createDesk } from './desk.ts'

/** A store with cases a and b below the run `eval`, a child of a, and a run of nobody's; it counts what is read. */
function room() {
  const questions: QuestionView[] = []
  const counts = { pages: 0, records: 0 }
  const parents: Record<string, string> = { a: 'eval', b: 'eval', 'child-of-a': 'a' }
  const get = async (_tenant: string, run: string) => {
    counts.records += 1
    const parent = parents[run]
    return { tags: { case: run }, ...(parent === undefined ? {} : { parent: { run: parent, step: 's' } }) }
  }
  const clock = manualClock()
  const list = async (_caller: object, _filter: object, { cursor }: { cursor?: string }) => {
    counts.pages += 1
    const from = Number(cursor ?? 0)
    const items = questions.toReversed().slice(from, from + 2)
    return { items, ...(from + 2 < questions.length ? { cursor: String(from + 2) } : {}) }
  }
  const store = { index: { get }, journal: { watch: () => () => {} } } as unknown as Store
  const desk = createDesk({ store, service: { questions: list as never }, clock, log: silentLog })
  const heard: string[] = []
  return {
    ...{ counts, heard },
    ask: (run: string, id = 'q') => void questions.push({ run, id } as QuestionView),
    attend: (name: string) =>
      desk.attend({
        tenant: 't',
        parent: 'eval',
        tags: { case: name },
        ask: ({ run }) => void heard.push(`${name} hears ${run}`),
      }),
    async look() {
      clock.advance(1000)
      for (let turns = 0; turns < 50; turns++) await turn()
    },
  }
}

test('A question goes once to whoever attends to the case, or the case above the run that asks', async () => {
  const { attend, ask, look, heard } = room()
  attend('a')
  attend('b')
  ask('b')
  ask('child-of-a')
  ask('stranger')
  await look()
  await look()
  assert.deepEqual(heard.sort(), ['a hears child-of-a', 'b hears b'])
})

test('A question that was there before is handed to whoever sits down later', async () => {
  const { attend, ask, look, heard } = room()
  attend('a')
  ask('b')
  await look()
  assert.deepEqual(heard, [])
  attend('b')
  await look()
  assert.deepEqual(heard, ['b hears b'])
})

test('Questions of others are looked at once, and behind known ones nothing is read', async () => {
  const { attend, ask, look, heard, counts } = room()
  attend('a')
  for (let at = 0; at < 20; at++) ask('stranger', `q${at}`)
  await look()
  counts.pages = 0
  counts.records = 0
  await look()
  assert.deepEqual(counts, { pages: 1, records: 0 })
  ask('a')
  await look()
  assert.deepEqual(heard, ['a hears a'])
})

test('Nothing is read once nobody attends any more', async () => {
  const { attend, look, counts } = room()
  const leave = attend('a')
  await look()
  leave()
  counts.pages = 0
  await look()
  assert.equal(counts.pages, 0)
})
