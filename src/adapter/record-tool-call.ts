import { hash } from '../core/json.ts'
import type { StepCall } from '../engine/scope.ts'
import type { CallTerms } from './adapter-terms.ts'
import { pack } from './pack.ts'
import type { Place } from './place.ts'
import { recordCall } from './record-call.ts'

/** A call of a tool as a library makes it. */
export interface ToolCall {
  readonly tool: string
  readonly input: unknown
  readonly call: (step: StepCall) => unknown
}

/** Makes a tool call a step named after the tool, on the terms that the author gave for it. */
export function recordToolCall(place: Place, { tool, input, call }: ToolCall): Promise<unknown> {
  return recordCall(place, {
    kind: 'tool',
    name: tool,
    hash: hash(pack(input)),
    terms: place.terms.tools?.[tool] ?? NONE,
    call,
  })
}

const NONE: CallTerms = {}
