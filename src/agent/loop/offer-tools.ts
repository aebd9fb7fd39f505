import { PolisError } from '../../core/error.ts'
import { hash } from '../../core/json.ts'
import { SIGNAL, WITH_SIGNAL, withSignal } from '../../core/lazy-signal.ts'
import { type JsonSchema, schemaFromJson, toJsonSchema, validate } from '../../core/schema.ts'
import type { Effect } from '../../core/tool.ts'
import type { Scope, StepCall } from '../../engine/scope.ts'
import type { AgentDependencies } from '../dependencies.ts'
import { approvalOf, type McpTools } from '../mcp-tools.ts'
import { callToolAs } from '../server-request.ts'
import { toTerms } from '../step-terms.ts'
import type { Approval, Tool, ToolCaller, ToolContext } from '../tool.ts'
import type { ListedAgent, ListedTool, ServerTool } from './listed-tool.ts'
import { toObjectSchema } from './object-schema.ts'
import type { OfferedTool } from './offered-tool.ts'
import { PROMPT_TOOL_SCHEMA, takesPrompt } from './prompt.ts'
import { fromMcp, fromRecord, type ToolOutput, toOutput } from './tool-output.ts'
import type { ToolSources } from './tool-source.ts'

/** The tools that a loop offers to its model, by the names that the model calls. */
export function offerTools(
  dependencies: AgentDependencies,
  { own, servers }: ToolSources,
  listed: readonly ListedTool[],
): ReadonlyMap<string, OfferedTool> {
  const approvals = new Map(servers.map((it) => [it.server, it]))
  const offered = [
    ...own.map((it) => ownTool(dependencies, it)),
    ...listed.map((it) =>
      it.kind === 'agent' ? agentTool(it) : serverTool(dependencies, it, approvalIn(approvals.get(it.server), it.tool)),
    ),
  ]
  return new Map(offered.map((it) => [it.name, it]))
}

function approvalIn(server: McpTools | undefined, tool: string): Approval {
  return server === undefined ? 'never' : approvalOf(server, tool)
}

function ownTool({ defaults }: AgentDependencies, tool: Tool): OfferedTool {
  const { name, description, approval, options } = tool
  const { schema, unwrap } = toObjectSchema(toJsonSchema(tool.input))
  const terms = toTerms(options, defaults, `tool ${name}`)
  return {
    ...{ name, description, input: schema, approval },
    check: (args) => validate(tool.input, unwrap(args), `input of tool ${name}`),
    call: (scope, args) =>
      step(scope, name, async (step) => toOutput(await tool.run(args, toContext(scope, step))), {
        ...terms,
        effect: options.effect ?? 'once',
        hash: hash({ name, args }),
      }),
  }
}

function toContext(scope: Scope, step: StepCall): ToolContext {
  const { key, attempt, progress } = step
  return withSignal<ToolContext>({
    __proto__: WITH_SIGNAL,
    [SIGNAL]: () => step.signal,
    ...callerOf(scope),
    ...{ key, attempt, progress },
  })
}

function agentTool({ name, description, input }: ListedAgent): OfferedTool {
  const { schema, unwrap } = takesPrompt(input) ? { schema: PROMPT_TOOL_SCHEMA, unwrap: same } : toObjectSchema(input)
  return {
    ...{ name, description, input: schema, approval: 'never' },
    check: checkOf(schema, `input of agent ${name}`),
    call: async (scope, args) => toOutput(await scope.child(name, name, unwrap(args), {})),
  }
}

function serverTool(dependencies: AgentDependencies, listed: ServerTool, approval: Approval): OfferedTool {
  const { name, server, tool, description, input, effect } = listed
  // The protocol wants an object's schema; what says nothing of its type is taken for one.
  const schema: JsonSchema = { ...(typeof input === 'object' && input !== null ? input : {}), type: 'object' }
  return {
    ...{ name, description, input: schema, approval },
    check: checkOf(schema, `input of tool ${name}`),
    call: async (scope, args) =>
      fromRecord(await callToolAs(dependencies, scope, { server, tool, args, options: { effect } }, fromMcp)),
  }
}

async function step(
  scope: Scope,
  name: string,
  call: Parameters<Scope['step']>[1],
  terms: Omit<Parameters<Scope['step']>[2], 'kind' | 'effect'> & { readonly effect: Effect },
): Promise<ToolOutput> {
  return fromRecord(await scope.step(name, call, { ...terms, kind: 'tool' }))
}

function checkOf(jsonSchema: JsonSchema, what: string): OfferedTool['check'] {
  const schema = schemaFromJson(jsonSchema)
  return (args) => {
    try {
      return validate(schema, args, what)
    } catch (reason) {
      // A schema that cannot be compiled is the server's own business: it checks the arguments itself.
      if (PolisError.from(reason).code === 'INVALID_ARGUMENT') return args
      throw reason
    }
  }
}

/** Who calls a tool: the run. */
export function callerOf({ record }: Scope): ToolCaller {
  const { run, tenant, agent, session } = record
  return { run, tenant, agent, session }
}

function same(args: unknown): unknown {
  return args
}
