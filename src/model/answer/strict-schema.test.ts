import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { isStrictSchema } from './strict-schema.ts'

const schemaOf = (schema: z.ZodType) => z.toJSONSchema(schema)

test('A closed schema with every property required can be kept to the letter', () => {
  for (const schema of [
    z.object({ a: z.string(), b: z.array(z.object({ c: z.number().nullable() })) }),
    z.object({ kind: z.enum(['x', 'y']), of: z.union([z.string(), z.boolean()]) }),
  ]) {
    assert.equal(isStrictSchema(schemaOf(schema)), true, JSON.stringify(schemaOf(schema)))
  }
})

test('One that leaves something open cannot', () => {
  for (const schema of [
    z.object({ a: z.string().optional() }),
    z.object({ a: z.object({ b: z.string().default('x') }) }),
    z.object({ a: z.record(z.string(), z.number()) }),
    z.object({ a: z.tuple([z.string(), z.number()]) }),
    z.object({ a: z.unknown() }),
    z.looseObject({ a: z.string() }),
  ]) {
    assert.equal(isStrictSchema(schemaOf(schema)), false, JSON.stringify(schemaOf(schema)))
  }
  assert.equal(isStrictSchema({ type: 'object', properties: { a: { type: 'string' } } }), false)
  assert.equal(isStrictSchema(true), false)
})
