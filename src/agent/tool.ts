import type { StandardSchemaV1 } from '@standard-schema/spec'
import { PolisError } from '../core/error.ts'
import { isName, NAME_RULE } from '../core/name.ts'
import type { StepContext, StepOptions } from './step-options.ts'

/** Where a tool is called from. */
export interface ToolCaller {
  readonly run: string
  readonly tenant: string
  readonly agent: string
  readonly session: string | undefined
}

/** What a tool's function gets beside its arguments. */
export interface ToolContext extends StepContext, ToolCaller {}

/** What decides whether a human is asked before a call. `tool` is the name that the model called. */
export interface ApprovalContext extends ToolCaller {
  readonly tool: string
}

/** Whether a human is asked before each call: what a function decides is recorded, and not asked of it again. */
export type Approval<A = unknown> = 'always' | 'never' | ApprovalFunction<A>

// A method, so that a function of narrower arguments fits.
type ApprovalFunction<A> = {
  call(args: A, context: ApprovalContext): boolean | Promise<boolean>
}['call']

/** How a tool is defined. */
export interface ToolSpec<I extends StandardSchemaV1> extends Omit<StepOptions, 'input'> {
  /** As the model calls it, and as the step is named. */
  readonly name: string
  /** For the model: what it does, and when to use it. */
  readonly description: string
  /** Any Standard Schema of an object; arguments that do not fit go back to the model with what is wrong. */
  readonly input: I
  /** Default: `never`. */
  readonly approval?: Approval<StandardSchemaV1.InferOutput<I>>
  /** Called as a step: once, with what the schema made of the arguments. It answers a text, or anything that JSON can hold. */
  readonly run: (args: StandardSchemaV1.InferOutput<I>, context: ToolContext) => unknown
}

/** A defined tool. Made by `tool`; frozen. */
export interface Tool {
  readonly kind: 'tool'
  readonly name: string
  readonly description: string
  readonly input: StandardSchemaV1
  readonly approval: Approval
  readonly options: Omit<StepOptions, 'input'>
  // A method, so that a tool of any arguments is a Tool.
  run(args: unknown, context: ToolContext): unknown
}

/**
 * Defines a tool for the models of agents: each call is a step of the run.
 *
 * @throws PolisError INVALID_CONFIG naming the option.
 */
export function tool<I extends StandardSchemaV1>(spec: ToolSpec<I>): Tool {
  const { name, description, input, approval = 'never', run, ...options } = spec
  if (!isName(name)) refuse('', 'name', NAME_RULE, name)
  if (typeof description !== 'string' || description === '')
    refuse(name, 'description', 'a text that tells the model what it does', description)
  if (typeof input !== 'object' && typeof input !== 'function')
    refuse(name, 'input', 'a schema, such as z.object({ … })', input)
  if (!('~standard' in input)) refuse(name, 'input', 'a schema, such as z.object({ … })', input)
  if (typeof run !== 'function') refuse(name, 'run', 'a function', run)
  assertApproval(approval, `tool ${name}`)
  return Object.freeze({
    kind: 'tool',
    name,
    description,
    input,
    approval: approval as Approval,
    options,
    run: run as Tool['run'],
  })
}

/** INVALID_CONFIG unless it says when a human is asked. */
export function assertApproval(approval: unknown, where: string): void {
  if (approval === 'always' || approval === 'never' || typeof approval === 'function') return
  throw new PolisError(
    'INVALID_CONFIG',
    `${where}: option approval: expected 'always', 'never' or a function that decides, got ${JSON.stringify(approval)}`,
  )
}

function refuse(name: string, option: string, expected: string, got: unknown): never {
  const where = name === '' ? 'tool' : `tool ${name}`
  throw new PolisError(
    'INVALID_CONFIG',
    `${where}: option ${option}: expected ${expected}, got ${JSON.stringify(got) ?? typeof got}`,
  )
}
