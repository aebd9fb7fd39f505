/**
 * The operations of a small shop as an MCP server: alerts, logs, deploys, and one tool that changes something.
 *
 * It reads the files beside it. What was rolled back is kept in the file that its argument names, so a second start knows it.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { McpServer } from '@modelcontextprotocol/server'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { z } from 'zod'

interface Alert {
  readonly id: string
  readonly service: string
}

interface Deploy {
  readonly service: string
  readonly version: string
}

const stateFile = process.argv[2] ?? join(import.meta.dirname, '../.polis/ops.json')
const alerts = read<readonly Alert[]>('alerts.json')
const deploys = read<readonly Deploy[]>('deploys.json')
const SERVICES = ['checkout', 'payments', 'search'] as const
const service = z.enum(SERVICES).describe('Name of a service.')

serveStdio(createServer)

function createServer(): McpServer {
  const server = new McpServer({ name: 'ops', version: '1.0.0' })
  const looks = { annotations: { readOnlyHint: true } }
  server.registerTool(
    'list_alerts',
    { ...looks, description: 'Lists the alerts that are firing now, worst first.', inputSchema: z.object({}) },
    () => json(firing()),
  )
  server.registerTool(
    'search_logs',
    {
      ...looks,
      description: 'Finds log lines of a service, newest last.',
      inputSchema: z.object({
        service,
        level: z.enum(['info', 'warn', 'error']).optional().describe('Only of this level.'),
        contains: z.string().optional().describe('Only with this text.'),
        limit: z.int().min(1).max(100).default(20),
      }),
    },
    ({ limit, ...query }) => json(linesOf(query).slice(-limit)),
  )
  server.registerTool(
    'list_deploys',
    { ...looks, description: 'Lists the deploys of a service, newest first.', inputSchema: z.object({ service }) },
    (query) => json(deploys.filter((deploy) => deploy.service === query.service)),
  )
  server.registerTool(
    'service_status',
    {
      ...looks,
      description: 'Says which version of a service runs, and how it fares.',
      inputSchema: z.object({ service }),
    },
    (query) => json(statusOf(query.service)),
  )
  server.registerTool(
    'roll_back',
    {
      description: 'Puts an earlier version of a service back into production. Customers notice.',
      inputSchema: z.object({ service, version: z.string().describe('A version from list_deploys.') }),
      // To roll back to the same version again changes nothing.
      annotations: { destructiveHint: true, idempotentHint: true },
    },
    rollBack,
  )
  return server
}

function rollBack(wanted: Deploy) {
  const known = deploys.some((deploy) => deploy.service === wanted.service && deploy.version === wanted.version)
  if (!known) return { ...text(`${wanted.service} ${wanted.version} was never deployed`), isError: true }
  mkdirSync(dirname(stateFile), { recursive: true })
  writeFileSync(stateFile, JSON.stringify({ ...rolledBack(), [wanted.service]: wanted.version }))
  return json(statusOf(wanted.service))
}

/** The pool of payments is what ails both: with the version before, all is well. */
function firing(): readonly Alert[] {
  const isWell = rolledBack().payments === '2.13.4'
  return isWell ? alerts.filter((alert) => alert.service === 'search') : alerts
}

function statusOf(name: string) {
  const version = rolledBack()[name] ?? deploys.find((deploy) => deploy.service === name)?.version
  const open = firing().filter((alert) => alert.service === name)
  return { service: name, version, healthy: open.length === 0 || name === 'search', alerts: open.map(({ id }) => id) }
}

function linesOf({
  service: name,
  level,
  contains,
}: {
  service: string
  level?: string | undefined
  contains?: string | undefined
}) {
  const lines = readFileSync(join(import.meta.dirname, 'logs', `${name}.txt`), 'utf8')
    .trim()
    .split('\n')
  return lines.filter((line) => line.includes(contains ?? '') && (level === undefined || line.split(/ +/)[1] === level))
}

function rolledBack(): Record<string, string> {
  try {
    return JSON.parse(readFileSync(stateFile, 'utf8'))
  } catch {
    // Nothing was rolled back so far.
    return {}
  }
}

function read<T>(file: string): T {
  return JSON.parse(readFileSync(join(import.meta.dirname, file), 'utf8')) as T // The files beside this one.
}

function json(value: unknown) {
  return text(JSON.stringify(value))
}

function text(value: string) {
  return { content: [{ type: 'text' as const, text: value }] }
}
