import type { StandardSchemaV1 } from '@standard-schema/spec'
import { PolisError } from '../../core/error.ts'
import { validate } from '../../core/schema.ts'

/** What an answer came to: the output, or what is wrong with it. */
export type Output =
  | { readonly kind: 'output'; readonly value: unknown }
  | { readonly kind: 'invalid'; readonly problem: string }

const FENCE = /^\s*```(?:json)?\s*\n([\s\S]*?)\n\s*```\s*$/

/** Reads an answer as the output of an agent: a text as it is, or JSON that has to fit the schema. */
export async function readOutput(schema: StandardSchemaV1 | undefined, text: string): Promise<Output> {
  if (schema === undefined) return { kind: 'output', value: text }
  let json: unknown
  try {
    json = JSON.parse(FENCE.exec(text)?.[1] ?? text)
  } catch (reason) {
    const { message } = PolisError.from(reason)
    return { kind: 'invalid', problem: text.trim() === '' ? 'It is empty' : `It is not JSON: ${message}` }
  }
  try {
    // The agent's own check of its output applies transformations: here it only has to fit.
    await validate(schema, json, 'answer')
    return { kind: 'output', value: json }
  } catch (reason) {
    return { kind: 'invalid', problem: PolisError.from(reason).message }
  }
}

/** What a model is told of an answer that cannot be used. */
export function correction(problem: string): string {
  return `Your answer cannot be used. ${problem}. Answer again with nothing but JSON of the form that was asked for.`
}
