import { PolisError } from '../../core/error.ts'
import { nearest } from '../../core/nearest.ts'
import { assertSerializable } from '../../core/serializable.ts'
import type { KnownTools } from './tool-list.ts'

/** The arguments of a call as an object of JSON; INVALID_ARGUMENT for anything else. Undefined is an empty one. */
export function asArguments(server: string, tool: string, args: unknown): Record<string, unknown> {
  if (args === undefined) return {}
  if (typeof args === 'object' && args !== null && !Array.isArray(args)) {
    assertSerializable(args, `arguments of tool '${tool}' of MCP server '${server}'`)
    return args as Record<string, unknown> // Just seen to be an object.
  }
  const got = args === null ? 'null' : Array.isArray(args) ? 'a list' : `a ${typeof args}`
  throw new PolisError(
    'INVALID_ARGUMENT',
    `Expected the arguments of tool '${tool}' of MCP server '${server}' to be an object, got ${got}`,
    {
      details: { server, tool, sent: false },
    },
  )
}

// Names are the server's: an error is not the place for long ones.
const LONGEST_NAME = 128

/** Throws the INVALID_ARGUMENT for a tool that the server does not have; it names the nearest one and lists what there is. */
export function refuseTool(server: string, tool: string, { offered, unfit }: KnownTools): never {
  const reason = unfit.get(tool)
  const names = offered.map(({ description }) => description.name.slice(0, LONGEST_NAME))
  if (reason !== undefined)
    throw new PolisError('INVALID_ARGUMENT', `Tool '${tool}' of MCP server '${server}' cannot be used: ${reason}`, {
      details: { server, tool, sent: false },
    })
  const guess = nearest(tool, names)
  const advice = guess === undefined ? '' : ` Did you mean '${guess}'?`
  const listed =
    names.length === 0 ? 'it has none' : `it has ${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}`
  throw new PolisError('INVALID_ARGUMENT', `MCP server '${server}' has no tool '${tool}': ${listed}.${advice}`, {
    details: { server, tool, names: names.slice(0, 100), sent: false },
  })
}
