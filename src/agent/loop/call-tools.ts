import { PolisError } from '../../core/error.ts'
import type { ToolCallPart, ToolResultPart } from '../../core/model.ts'
import { nearest } from '../../core/nearest.ts'
import type { Scope } from '../../engine/scope.ts'
import { approve } from './approve.ts'
import type { OfferedTool } from './offered-tool.ts'
import { isTooDeep } from './too-deep.ts'
import { type ToolOutput, toErrorOutput } from './tool-output.ts'

type Offered = ReadonlyMap<string, OfferedTool>

/** Calls the tools that a model asks for, several at once in branches of their own; results come in the order of the calls. */
export async function callTools(
  scope: Scope,
  tools: Offered,
  calls: readonly ToolCallPart[],
): Promise<readonly ToolResultPart[]> {
  const [only, ...others] = calls
  if (only === undefined) return []
  if (others.length === 0) return [await callTool(scope, tools, only)]
  const names = branchNames(calls)
  const branches = calls.map((call, at) => [names[at] ?? '', (below: Scope) => callTool(below, tools, call)] as const)
  // What the branches answer.
  return (await scope.all(branches)) as ToolResultPart[]
}

async function callTool(scope: Scope, tools: Offered, call: ToolCallPart): Promise<ToolResultPart> {
  const { id, name } = call
  return { type: 'tool-result', id, name, output: await outputOf(scope, tools, call) }
}

async function outputOf(scope: Scope, tools: Offered, { name, input, invalid }: ToolCallPart): Promise<ToolOutput> {
  const tool = tools.get(name)
  if (tool === undefined) return toErrorOutput(unknownTool(name, tools))
  if (invalid) return toErrorOutput(`The arguments of ${name} are not JSON: call it again with a JSON object`)
  try {
    const args = await tool.check(input)
    const approved = await approve(scope, tool, input, args)
    if (approved.kind === 'declined') return toErrorOutput(declined(approved.comment))
    // Checks may take their time, and a run that is cancelled meanwhile calls nothing more.
    scope.signal().throwIfAborted()
    const output = await tool.call(scope, approved.args)
    return approved.edited ? edited(approved.args, output) : output
  } catch (reason) {
    const error = PolisError.from(reason)
    // The run itself is cancelled, or this branch of it: nobody waits for a result.
    if (scope.signal().aborted || isTooDeep(error)) throw error
    return toErrorOutput(error.message)
  }
}

function unknownTool(name: string, tools: Offered): string {
  const meant = nearest(name, tools.keys())
  const known = tools.size === 0 ? 'there are no tools' : `there are ${[...tools.keys()].join(', ')}`
  return `There is no tool ${name}: ${meant === undefined ? known : `did you mean ${meant}? ${known}`}`
}

function declined(comment: string | undefined): string {
  return comment === undefined || comment === ''
    ? 'A human declined this call. Do not make it again without being asked to'
    : `A human declined this call: ${comment}`
}

// The model must not believe that its own arguments led to this.
function edited(args: unknown, output: ToolOutput): ToolOutput {
  const note = 'A human changed the arguments of this call before it was made'
  return output.kind === 'error' ? output : { kind: 'json', value: { note, args, result: output.value } }
}

function branchNames(calls: readonly ToolCallPart[]): readonly string[] {
  const seen = new Map<string, number>()
  return calls.map(({ name }) => {
    // A model may call what is no name at all.
    const clean = name.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 50) || 'tool'
    const count = (seen.get(clean) ?? 0) + 1
    seen.set(clean, count)
    return count === 1 ? clean : `${clean}-${count}`
  })
}
