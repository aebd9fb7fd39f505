import type { StandardSchemaV1 } from '@standard-schema/spec'
import { hash } from '../../core/json.ts'
import type { Attachment } from '../../core/message.ts'
import { type JsonSchema, schemaFromJson } from '../../core/schema.ts'

/** The input of an agent that a model leads, unless it defines one: what a user says. */
export type Prompt = string | { readonly message: string; readonly attachments?: readonly Attachment[] }

const SCHEMA: JsonSchema = {
  anyOf: [
    { type: 'string' },
    {
      type: 'object',
      properties: {
        message: { type: 'string' },
        attachments: {
          type: 'array',
          maxItems: 100,
          items: {
            type: 'object',
            properties: {
              blob: { type: 'string', pattern: '^[0-9a-f]{64}$', description: 'hash of a stored blob' },
              mediaType: { type: 'string' },
              name: { type: 'string' },
            },
            required: ['blob'],
            additionalProperties: false,
          },
        },
      },
      required: ['message'],
      additionalProperties: false,
    },
  ],
}

/** The schema of a prompt. */
export const PROMPT = schemaFromJson(SCHEMA) as StandardSchemaV1<Prompt>

/** What a model gives an agent that takes a prompt. */
export const PROMPT_TOOL_SCHEMA: JsonSchema = {
  type: 'object',
  properties: { message: { type: 'string', description: 'what the agent is to do, with all that it has to know' } },
  required: ['message'],
  additionalProperties: false,
}

const PROMPT_HASH = hash(SCHEMA)

/** Whether a JSON Schema is that of a prompt. */
export function takesPrompt(schema: unknown): boolean {
  return hash(schema) === PROMPT_HASH
}
