import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CliClient } from '../connection.ts'
import { createConversation } from './conversation.ts'

test('A piece of an answer that comes after its record is not said again', async () => {
  const run = 'run_1'
  const piece = (text: string) => ({ run, kind: 'delta', step: 'model', data: { type: 'text', text } })
  const answer = { content: [{ type: 'text', text: 'Yes.' }], finish: 'stop', model: 'demo/one' }
  const events = [
    { run, sequence: 1, time: 0, kind: 'run-submitted', data: { input: 'Well?' } },
    piece('Ye'),
    { run, sequence: 2, time: 1, kind: 'step-completed', data: { id: 'model', attempt: 1, output: answer } },
    piece('s.'),
  ]
  const pieces: string[] = []
  const quiet = () => {}
  // Of a client only this is asked here.
  const client = { sessions: { follow: () => events } } as unknown as CliClient
  const conversation = createConversation({
    ...{ client, session: 's1', signal: new AbortController().signal },
    listener: {
      ...{ message: quiet, reset: quiet, progress: quiet, toolEnded: quiet, changed: quiet },
      delta: (_step, text) => void pieces.push(text),
    },
  })
  await conversation.follow(undefined)
  assert.deepEqual(pieces, ['Ye'])
})
