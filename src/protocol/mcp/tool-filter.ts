import { PolisError } from '../../core/error.ts'

/** Which of a server's tools agents see, and under which names. Names are the server's own; `*` stands for any characters. */
export interface ToolFilter {
  /** Only these. */
  readonly only?: readonly string[]
  /** All but these. */
  readonly except?: readonly string[]
  /** New names by the server's own. */
  readonly rename?: Readonly<Record<string, string>>
}

/** Whether agents see a tool. */
export function isOffered({ only, except = [] }: ToolFilter, tool: string): boolean {
  if (only !== undefined && !only.some((pattern) => fits(pattern, tool))) return false
  return !except.some((pattern) => fits(pattern, tool))
}

/** The name by which agents know a tool. */
export function nameFor({ rename = {} }: ToolFilter, tool: string): string {
  return Object.hasOwn(rename, tool) ? (rename[tool] ?? tool) : tool
}

/** Throws INVALID_CONFIG when two tools of a server have one name after the renames. */
export function assertDistinct(
  server: string,
  named: readonly { readonly name: string; readonly own: string }[],
): void {
  const owners = new Map<string, string>()
  for (const { name, own } of named) {
    const other = owners.get(name)
    if (other !== undefined && other !== own)
      throw new PolisError(
        'INVALID_CONFIG',
        `servers.${server}.tools.rename: '${other}' and '${own}' would both be named '${name}': choose another name, or leave one out with except`,
        { details: { server } },
      )
    owners.set(name, own)
  }
}

/** What the filter names and the server does not have. */
export function unknownNames({ only = [], except = [], rename = {} }: ToolFilter, tools: readonly string[]): string[] {
  const named = [...only, ...except, ...Object.keys(rename)]
  return named.filter((pattern) => !tools.some((tool) => fits(pattern, tool)))
}

function fits(pattern: string, tool: string): boolean {
  if (!pattern.includes('*')) return pattern === tool
  const parts = pattern.split('*').map((part) => RegExp.escape(part))
  return new RegExp(`^${parts.join('.*')}$`, 's').test(tool)
}
