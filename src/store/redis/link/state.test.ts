import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { PolisError } from '../../../core/error.ts'
import { type Log, silentLog } from '../../../telemetry/log.ts'
import { createState } from './state.ts'

function heard(): { readonly log: Log; readonly lines: string[] } {
  const lines: string[] = []
  return { log: { ...silentLog, warn: (_: unknown, message?: string) => void lines.push(message ?? '') }, lines }
}

describe('the state of a link', () => {
  it('says once that Redis is away, however often it is tried', () => {
    const { log, lines } = heard()
    const { changed } = createState(log)
    for (let attempt = 0; attempt < 3; attempt++) changed(undefined, new PolisError('STORE_UNAVAILABLE', 'away'))
    assert.deepEqual(lines, ['Redis is not connected'])
  })

  it('leaves to whoever opens the link why that is hopeless', async () => {
    const { log, lines } = heard()
    const { changed, hopeless } = createState(log)
    changed(undefined, new PolisError('STORE_UNSUITABLE', 'everysec'))
    await assert.rejects(hopeless, { code: 'STORE_UNSUITABLE' })
    assert.deepEqual(lines, [])
  })
})
