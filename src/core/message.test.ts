import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { messageInput, messageShape } from './message.ts'
import { toJsonSchema } from './schema.ts'

const file = { blob: 'f'.repeat(64), mediaType: 'text/plain' }
const agent = (input: unknown) => ({ name: 'tutor', input })

describe('the input of a message', () => {
  it('is an object with the message where the schema has one, or says nothing', () => {
    const schemas = [undefined, {}, toJsonSchema(z.object({ message: z.string() }))]
    for (const schema of schemas) assert.deepEqual(messageInput(agent(schema), 'Hello', []), { message: 'Hello' })
  })

  it('is the text alone where the schema wants a text, and an object where it takes both', () => {
    assert.equal(messageInput(agent({ type: 'string' }), 'Hello', []), 'Hello')
    const both = { anyOf: [{ type: 'string' }, { type: 'object', properties: { message: { type: 'string' } } }] }
    assert.deepEqual(messageInput(agent(both), 'Hello', []), { message: 'Hello' })
  })

  it('has attachments only where the schema takes them', () => {
    const takes = z.object({ message: z.string(), attachments: z.array(z.unknown()).optional() })
    assert.deepEqual(messageInput(agent(toJsonSchema(takes)), 'Look', [file]), { message: 'Look', attachments: [file] })
    for (const schema of [{ type: 'string' }, toJsonSchema(z.object({ message: z.string() }))])
      assert.throws(() => messageInput(agent(schema), 'Look', [file]), {
        code: 'INVALID_INPUT',
        message: /takes no files/,
      })
  })

  it('is none where the agent wants something else: it says what to do', () => {
    const others = [
      { type: 'number' },
      z.object({ version: z.string() }),
      z.object({ message: z.string(), more: z.number() }),
    ]
    for (const other of others) {
      const schema = other instanceof z.ZodType ? toJsonSchema(other) : other
      assert.equal(messageShape(schema), undefined)
      assert.throws(() => messageInput(agent(schema), 'Hello', []), {
        code: 'INVALID_INPUT',
        message: /z\.object\(\{ message/,
      })
    }
  })
})
