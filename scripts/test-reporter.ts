/** A reporter for `node --test`: one line a file, and each failure in full. */
import { inspect } from 'node:util'
import { outcomeOf, pathOf, type TestEvent } from './test-event.ts'

interface FileResult {
  readonly path: string
  tests: number
  failures: number
  milliseconds: number
}

export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  let current: FileResult | undefined
  for await (const event of events) {
    if (event.type === 'test:stdout' || event.type === 'test:stderr') yield event.data.message ?? ''
    // Of a test: figures for people. The runner's own sums have no file.
    if (event.type === 'test:diagnostic' && event.data.file !== undefined) yield `  ${event.data.message}\n`
    const outcome = outcomeOf(event)
    if (outcome === undefined) continue
    const path = pathOf(event)
    if (current?.path !== path) {
      if (current !== undefined) yield lineOf(current)
      current = { path, tests: 0, failures: 0, milliseconds: 0 }
    }
    current.tests += 1
    current.milliseconds += event.data.details?.duration_ms ?? 0
    if (outcome.kind !== 'failed') continue
    current.failures += 1
    yield `✗ ${path}: ${outcome.name} (${outcome.reason})\n${describe(event)}\n`
  }
  if (current !== undefined) yield lineOf(current)
}

function lineOf({ path, tests, failures, milliseconds }: FileResult): string {
  const count = failures === 0 ? `${tests}` : `${tests}, ${failures} failed`
  return `${failures === 0 ? '✓' : '✗'} ${path} (${count}) ${milliseconds.toFixed(0)} ms\n`
}

function describe({ data }: TestEvent): string {
  const error = data.details?.error
  const text = inspect(error?.cause ?? error, { colors: false, depth: 8 })
  return text.replaceAll(/^/gm, '    ')
}
