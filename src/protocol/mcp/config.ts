import { z } from 'zod'
import { type Duration, isDuration } from '../../core/duration.ts'
import { PolisError } from '../../core/error.ts'
import { isName, NAME_RULE } from '../../core/name.ts'
import { nearest } from '../../core/nearest.ts'
import { redactText } from '../../core/secret.ts'
import type { SecretValue } from '../../core/secret-value.ts'
import type { Effect } from '../../core/tool.ts'
import type { ToolFilter } from './tool-filter.ts'

/** What servers of both kinds have. */
interface McpServerCommon {
  /** Limit of one call, connecting included; by default the setting `mcp.server.timeout`. */
  readonly timeout?: Duration
  /** Effects of tools by name; they win over what the server annotates. */
  readonly effects?: Readonly<Record<string, Effect>>
  /** Which of its tools agents see, and under which names. */
  readonly tools?: ToolFilter
  /** Folders (relative to the project) or URIs that the server is told it may work in. */
  readonly roots?: readonly string[]
}

/** A server that runs as a child process and speaks over its standard input and output. */
export interface StdioServerConfig extends McpServerCommon {
  /** Program to start; looked up on the PATH when it has no slash, else relative to `cwd`. */
  readonly command: string
  readonly args?: readonly string[]
  /** Variables for the child beside PATH, HOME, LANG, TMPDIR and their like; it gets no others. */
  readonly env?: Readonly<Record<string, SecretValue>>
  /** Working directory, relative to the project. */
  readonly cwd?: string
  /** Bytes that its processes may have in memory together before they are ended; by default the setting `mcp.server.memory_limit`. */
  readonly memoryLimit?: number
}

/** A server that is reached by streamable HTTP. */
interface HttpServerConfig extends McpServerCommon {
  readonly url: string
  /** Headers of every request, such as `authorization`. */
  readonly headers?: Readonly<Record<string, SecretValue>>
  /** Most connections to it at once, within its share of `mcp.connection_pool_size`; 1 for a server that keeps state in its session. */
  readonly connections?: number
}

/** How one MCP server is started or reached. */
export type McpServerConfig = StdioServerConfig | HttpServerConfig

/** Whether a server is one that runs as a child process. */
export function isStdio(config: McpServerConfig): config is StdioServerConfig {
  return 'command' in config
}

const text = (expected: string) => z.string({ error: `expected ${expected}` }).min(1, { error: `expected ${expected}` })
const secret = z.union([z.string(), z.strictObject({ file: z.string().min(1) })], {
  error: `expected a text (with $\{NAME} for an environment variable) or { file: 'path' }`,
})
const names = z.array(text("a tool's name"), { error: "expected a list of tool names such as ['read_*']" })
const count = (expected: string) => z.int({ error: `expected ${expected}` }).min(1, { error: `expected ${expected}` })
const common = {
  timeout: z.custom<Duration>(isDuration, { error: "expected a duration above zero such as '30s' or '2m'" }).optional(),
  effects: record(
    z.enum(['read', 'idempotent', 'once'], { error: "expected 'read', 'idempotent' or 'once'" }),
    'an object of tool names and their effects',
  ).optional(),
  tools: z
    .strictObject(
      {
        only: names.optional(),
        except: names.optional(),
        rename: record(
          z.string().regex(/^[\w./-]{1,128}$/, { error: 'expected a tool name of letters, digits, _, -, . and /' }),
          'an object of tool names and their new names',
        ).optional(),
      },
      { error: 'expected { only, except, rename }' },
    )
    .optional(),
  roots: z.array(text('a folder or a URI'), { error: "expected a list of folders such as ['.']" }).optional(),
}
const stdioSchema = z.strictObject({
  command: text("the program that starts the server, such as 'npx'"),
  args: z.array(z.string({ error: 'expected a text' }), { error: "expected a list such as ['--flag']" }).optional(),
  env: record(secret, 'an object of environment variables').optional(),
  cwd: text('a folder, relative to the project').optional(),
  memoryLimit: count('a whole number of bytes from 1').optional(),
  ...common,
})
const httpSchema = z.strictObject({
  url: z.custom<string>(isHttpUrl, {
    error:
      'expected a URL that begins with http:// or https:// and holds no user or password (set headers.authorization)',
  }),
  headers: record(secret, 'an object of header names and values').optional(),
  connections: count('a whole number from 1').optional(),
  ...common,
})

/** Schema of one server, for use within a larger one. Its issues carry the path of the option and say what was expected and got. */
const mcpServerConfigSchema: z.ZodType<McpServerConfig> = z.unknown().transform((value, context) => {
  const schema = chooseSchema(value)
  if (typeof schema === 'string') {
    context.addIssue({ code: 'custom', message: schema })
    return z.NEVER
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data as McpServerConfig // The schema checks just this shape; zod writes optional as `| undefined`.
  for (const issue of parsed.error.issues) explain(issue, value, schema).map((found) => context.addIssue(found))
  return z.NEVER
})

/** Schema of all servers by name. */
export const mcpServersSchema: z.ZodType<Readonly<Record<string, McpServerConfig>>> = z.record(
  z.string().refine(isName, { error: `expected the name to be ${NAME_RULE}` }),
  mcpServerConfigSchema,
  { error: 'expected an object of servers by name' },
)

/** Checks all servers at once; INVALID_CONFIG that names every option that is wrong, beginning with `path`. */
export function parseMcpServers(value: unknown, path = 'servers'): Readonly<Record<string, McpServerConfig>> {
  const parsed = mcpServersSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((issue) => `${[path, ...issue.path].join('.')}: ${reasonOf(issue, value)}`)
  throw new PolisError('INVALID_CONFIG', problems.join('\n'), { details: { problems } })
}

function chooseSchema(value: unknown): typeof stdioSchema | typeof httpSchema | string {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return `expected { command, args } or { url }, got ${show(value)}`
  if ('command' in value && 'url' in value) return 'expected either command or url, got both: remove one'
  if ('command' in value) return stdioSchema
  if ('url' in value) return httpSchema
  return `expected command (a program to start) or url (a server to reach), got neither: add one`
}

type Found = { readonly code: 'custom'; readonly path: PropertyKey[]; readonly message: string }

function explain(issue: z.core.$ZodIssue, value: unknown, schema: typeof stdioSchema | typeof httpSchema): Found[] {
  if (issue.code !== 'unrecognized_keys')
    return [{ code: 'custom', path: issue.path, message: `${issue.message}, got ${show(at(value, issue.path))}` }]
  return issue.keys.map((key) => {
    const guess = nearest(key, Object.keys(schema.shape))
    const advice = guess === undefined ? 'remove it' : `did you mean ${guess}?`
    return { code: 'custom', path: [...issue.path, key], message: `unknown option: ${advice}` }
  })
}

function reasonOf(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code === 'custom') return issue.message
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message
  return `${issue.message}, got ${show(at(value, issue.path))}`
}

function record<Value extends z.ZodType>(value: Value, expected: string) {
  return z.record(z.string(), value, { error: `expected ${expected}` })
}

function isHttpUrl(value: unknown): boolean {
  const url = typeof value === 'string' ? URL.parse(value) : null
  return url !== null && /^https?:$/.test(url.protocol) && `${url.username}${url.password}` === ''
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  )
}

// Texts are not shown in full: one of them may be a secret in the wrong place.
function show(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'string')
    return value.length > 40 ? `a text of ${value.length} characters` : `'${redactText(value)}'`
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
