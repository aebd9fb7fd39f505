/** A reporter for `node --test`: one JSON line an outcome, written as it happens, so that a crash loses none. */
import { outcomeOf, pathOf, type TestEvent } from './test-event.ts'

export default async function* tally(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of events) {
    const outcome = outcomeOf(event)
    if (outcome === undefined) continue
    yield `${JSON.stringify({ ...outcome, name: `${pathOf(event)}: ${outcome.name}` })}\n`
  }
}
