import { PolisError } from '../core/error.ts'
import { isName, NAME_RULE } from '../core/name.ts'
import { type Approval, assertApproval } from './tool.ts'

/** Which tools of an MCP server a model gets, and how. Tools go by the names that the server gives them. */
export interface McpToolsOptions {
  /** Only these. */
  readonly only?: readonly string[]
  /** All but these. */
  readonly except?: readonly string[]
  /** Whether a human is asked before a call: of any tool, or by tool, where others are not asked for. Default: `never`. */
  readonly approval?: Approval | Readonly<Record<string, Approval>>
  /** What the model calls a tool instead of `server_tool`. */
  readonly rename?: Readonly<Record<string, string>>
}

/** The tools of an MCP server. Made by `mcp`; frozen. */
export interface McpTools extends McpToolsOptions {
  readonly kind: 'mcp'
  /** As `servers` in the project file names it. */
  readonly server: string
}

/**
 * Gives a model the tools of a configured MCP server, as they are when a run begins.
 *
 * @throws PolisError INVALID_CONFIG naming the option.
 */
export function mcp(server: string, options: McpToolsOptions = {}): McpTools {
  if (!isName(server)) refuse('', 'server', NAME_RULE, server)
  for (const option of ['only', 'except'] as const) {
    const names = options[option]
    if (names !== undefined && !isTexts(names)) refuse(server, option, 'a list of names of tools', names)
  }
  for (const [where, approval] of approvalsOf(options.approval)) assertApproval(approval, `mcp ${server}${where}`)
  for (const [tool, name] of Object.entries(options.rename ?? {})) {
    if (!isName(name)) refuse(server, `rename.${tool}`, NAME_RULE, name)
  }
  return Object.freeze({ kind: 'mcp', server, ...options })
}

/** When a human is asked before a call of a tool, by the name that the server gives it. */
export function approvalOf({ approval = 'never' }: McpTools, tool: string): Approval {
  if (typeof approval !== 'object') return approval
  return Object.hasOwn(approval, tool) ? (approval[tool] ?? 'never') : 'never'
}

function approvalsOf(approval: McpToolsOptions['approval']): readonly (readonly [where: string, approval: unknown])[] {
  if (typeof approval !== 'object' || approval === null) return approval === undefined ? [] : [['', approval]]
  return Object.entries(approval).map(([tool, it]) => [`, tool ${tool}`, it])
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function refuse(server: string, option: string, expected: string, got: unknown): never {
  const where = server === '' ? 'mcp' : `mcp ${server}`
  throw new PolisError(
    'INVALID_CONFIG',
    `${where}: option ${option}: expected ${expected}, got ${JSON.stringify(got) ?? typeof got}`,
  )
}
