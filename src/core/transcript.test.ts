import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EntryBodies, EntryKind } from './entry.ts'
import { createTranscript, type TranscriptEntry, type TranscriptMessage } from './transcript.ts'

const ref = (id: string) => ({ id, index: 0 })
const base = { ...ref('x'), attempt: 1, ms: 1 }

function read(
  ...entries: readonly (readonly [EntryKind, object])[]
): readonly Omit<TranscriptMessage, 'run' | 'time'>[] {
  const transcript = createTranscript()
  return entries.flatMap(([kind, data]) =>
    transcript({ run: 'r', time: 1, kind, data } as unknown as TranscriptEntry).map(
      ({ run, time, ...message }) => message,
    ),
  )
}

const submitted = (input: unknown): [EntryKind, Partial<EntryBodies['run-submitted']>] => [
  'run-submitted',
  { input, by: 'ada' },
]
const usage = { inputTokens: 1, outputTokens: 1 }
const answered = (text: string, ...calls: readonly object[]) => ({
  content: [...(text === '' ? [] : [{ type: 'text', text }]), ...calls],
  ...{ finish: 'stop', usage, model: 'scripted/one', scripted: true },
})

test('a run led by a model is what was said, what the model answered, and the tools it asked for', () => {
  const call = { type: 'tool-call', id: '1', name: 'weather', input: { city: 'Rome' } }
  const messages = read(
    submitted({ message: 'How is Rome?' }),
    ['step-completed', { ...base, ...ref('model'), output: answered('', call) }],
    ['step-completed', { ...base, ...ref('weather'), output: { kind: 'text', value: 'sunny' } }],
    ['step-completed', { ...base, ...ref('compact'), output: answered('In short: …') }],
    ['step-completed', { ...base, ...ref('model#2'), output: answered('It is sunny.') }],
    ['run-completed', { output: 'It is sunny.' }],
  )
  assert.deepEqual(messages, [
    { role: 'user', text: 'How is Rome?', by: 'ada' },
    { role: 'tool', name: 'weather', text: '{"city":"Rome"}' },
    { role: 'assistant', text: 'It is sunny.', scripted: true },
  ])
})

test('the output of other agents is their answer: a text, the text of an object, or JSON', () => {
  for (const [output, text] of [
    ['Done.', 'Done.'],
    [{ reply: 'Done.' }, 'Done.'],
    [{ message: 'Done.', more: 1 }, 'Done.'],
    [{ a: 1 }, '{"a":1}'],
  ] as const) {
    const messages = read(
      submitted('Go'),
      ['step-completed', { ...base, ...ref('files.read'), output: {} }],
      ['run-completed', { output }],
    )
    assert.deepEqual(messages, [
      { role: 'user', text: 'Go', by: 'ada' },
      { role: 'tool', name: 'files.read', text: '' },
      { role: 'assistant', text },
    ])
  }
})

test('structured output that the model wrote is not said twice', () => {
  const messages = read(
    ['step-completed', { ...base, ...ref('model'), output: answered('{ "a": 1 }') }],
    ['run-completed', { output: { a: 1 } }],
  )
  assert.deepEqual(
    messages.map(({ text }) => text),
    ['{ "a": 1 }'],
  )
})

test('questions, answers and ends without an answer are told', () => {
  const messages = read(
    ['question-asked', { ...ref('ask'), question: 'Sure?', schema: {} }],
    ['question-answered', { ...ref('ask'), answer: { ok: true }, by: 'ada' }],
    ['run-cancelled', { reason: 'interrupted' }],
    ['run-failed', { error: { code: 'STEP_FAILED', message: 'no' } }],
    ['run-submitted', { input: 1, continues: 'run_x' }],
  )
  assert.deepEqual(messages, [
    { role: 'question', text: 'Sure?' },
    { role: 'answer', text: '{"ok":true}', by: 'ada' },
    { role: 'assistant', text: '', error: { code: 'CANCELLED', message: 'interrupted' } },
    { role: 'assistant', text: '', error: { code: 'STEP_FAILED', message: 'no' } },
  ])
})
