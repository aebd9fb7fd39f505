import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { schemaFromJson, toJsonSchema, validate } from './schema.ts'

const user = z.object({ name: z.string(), tags: z.array(z.string()).default([]) })

describe('validate', () => {
  it('gives the value with its defaults', async () => {
    assert.deepEqual(await validate(user, { name: 'Ada' }, 'input'), { name: 'Ada', tags: [] })
  })

  it('names every issue with its path', () => {
    assert.throws(() => validate(user, { name: 1, tags: [2] }, 'input of agent "greet"'), {
      code: 'INVALID_INPUT',
      message:
        'The input of agent "greet" is not valid: name: Invalid input: expected string, received number; tags[0]: Invalid input: expected string, received number',
      details: {
        issues: [
          { path: 'name', message: 'Invalid input: expected string, received number' },
          { path: 'tags[0]', message: 'Invalid input: expected string, received number' },
        ],
      },
    })
  })

  it('shows ten issues of many', () => {
    assert.throws(() => validate(z.array(z.string()), Array(250).fill(1), 'output', 'INVALID_OUTPUT'), {
      code: 'INVALID_OUTPUT',
      message: /; and 240 more$/,
    })
  })

  it('waits for a schema that is asynchronous', async () => {
    const schema = z.string().refine(async (text) => text === 'yes', 'must be yes')
    await assert.rejects(async () => validate(schema, 'no', 'answer'), {
      message: 'The answer is not valid: must be yes',
    })
    assert.equal(await validate(schema, 'yes', 'answer'), 'yes')
  })
})

describe('toJsonSchema', () => {
  it('describes what a zod schema accepts and gives', () => {
    assert.deepEqual(toJsonSchema(user).required, ['name'])
    assert.deepEqual(toJsonSchema(user, 'output').required, ['name', 'tags'])
  })

  it('allows anything where JSON Schema has no words', () => {
    assert.deepEqual(toJsonSchema(z.object({ at: z.date() })).properties, { at: {} })
    const silent = { '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) } } as const
    assert.deepEqual(toJsonSchema(silent), {})
  })
})

describe('schemaFromJson', () => {
  const order = { type: 'object', properties: { size: { enum: ['small', 'large'] } }, additionalProperties: false }

  it('accepts and refuses as the JSON Schema says', () => {
    assert.deepEqual(validate(schemaFromJson(order), { size: 'large' }, 'order'), { size: 'large' })
    assert.throws(() => validate(schemaFromJson(order), { size: 'huge' }, 'order'), {
      message: 'The order is not valid: size: must be equal to one of the allowed values: ["small","large"]',
    })
    assert.throws(() => validate(schemaFromJson(order), { colour: 1 }, 'order'), { message: /'colour'$/ })
  })

  it('round-trips through toJsonSchema', () => {
    assert.deepEqual(toJsonSchema(schemaFromJson(order)), order)
  })

  it('reads draft 7 and 2020-12', () => {
    const draft7 = { $schema: 'http://json-schema.org/draft-07/schema#', items: [{ type: 'string' }] }
    assert.throws(() => validate(schemaFromJson(draft7), [1], 'list'), { message: /\[0\]: must be string$/ })
    const newest = { prefixItems: [{ type: 'string' }] }
    assert.throws(() => validate(schemaFromJson(newest), [1], 'list'), { message: /\[0\]: must be string$/ })
  })

  it('ignores formats and keywords it does not know', () => {
    assert.equal(validate(schemaFromJson({ type: 'string', format: 'x-secret', 'x-order': 1 }), 'a', 'text'), 'a')
  })

  it('refuses a schema that is none, and one that refers outside, on first use', () => {
    for (const schema of [{ type: 'nonsense' }, { $ref: 'https://example.com/schema' }]) {
      assert.throws(() => validate(schemaFromJson(schema), {}, 'value'), {
        code: 'INVALID_ARGUMENT',
        message: /^Expected a JSON Schema/,
      })
    }
  })
})

describe('a JSON Schema of someone who means no good', () => {
  const slow = { code: 'TOO_LARGE', message: /within 1000 ms/ }

  it('says of a value that fits none of several forms what each of them wanted', () => {
    const schema = schemaFromJson({ anyOf: [{ type: 'string' }, { type: 'object', required: ['message'] }] })
    assert.throws(
      () => validate(schema, {}, 'value'),
      /not valid: must be string, or must have required property 'message'/,
    )
  })

  it('takes a pattern of so many characters of a class for what it is, and checks it', () => {
    const schema = schemaFromJson({
      type: 'object',
      properties: { hash: { type: 'string', pattern: '^[0-9a-f]{4}$' } },
    })
    assert.deepEqual(validate(schema, { hash: '00ff' }, 'value'), { hash: '00ff' })
    assert.throws(() => validate(schema, { hash: '00fg' }, 'value'), /hash: must match pattern/)
  })

  it('does not stop the thread by a pattern that backtracks', () => {
    const schema = schemaFromJson({ type: 'string', pattern: '^(a+)+$' })
    assert.throws(() => schema['~standard'].validate(`${'a'.repeat(40)}!`), slow)
    assert.deepEqual(schema['~standard'].validate('aaa'), { value: 'aaa' })
  })

  it('does not stop the thread by references that fan out', () => {
    const level = (at: number) => ({ allOf: [{ $ref: `#/$defs/l${at + 1}` }, { $ref: `#/$defs/l${at + 1}` }] })
    const levels = Array.from({ length: 40 }, (_, at) => [`l${at}`, level(at)] as const)
    const $defs = { ...Object.fromEntries(levels), l40: { type: 'number' } }
    assert.throws(() => schemaFromJson({ $defs, $ref: '#/$defs/l0' })['~standard'].validate(1), slow)
  })
})
