// Vercel's Workflow SDK on its PostgreSQL world. `workflow build` turns workflow.mjs into handlers, which this process serves over
// HTTP, since the world's queue calls them so.
import { spawnSync } from 'node:child_process'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { INPUT } from '../workload.mjs'

const require = createRequire(import.meta.url)

export async function createPeer({ postgres, concurrency }) {
  // Where it looks for the world's package.
  process.chdir(fileURLToPath(new URL('.', import.meta.url)))
  const server = await serveHandlers()
  const { port } = server.address()
  Object.assign(process.env, {
    WORKFLOW_TARGET_WORLD: '@workflow/world-postgres',
    WORKFLOW_POSTGRES_URL: postgres,
    WORKFLOW_LOCAL_BASE_URL: `http://127.0.0.1:${port}`,
    PORT: String(port),
    // Its default; more workers were slower.
    WORKFLOW_POSTGRES_WORKER_CONCURRENCY: '10',
  })
  const setup = fileURLToPath(new URL('node_modules/.bin/bootstrap', import.meta.url))
  const { status, stderr } = spawnSync(setup, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`the schema could not be created: ${stderr}`)

  const { getRun, start } = await import('workflow/api')
  const { getWorld } = await import('workflow/runtime')
  const world = getWorld()
  await world.start()
  const { workflowId } = require('./.well-known/workflow/v1/manifest.json').workflows['workflow.mjs'].threeStep
  const begin = () => start({ workflowId }, [INPUT])
  return {
    // The SDK's own wait (`run.returnValue`) looks once a second, so this looks more often for it.
    async run() {
      const { runId } = await begin()
      for (;;) {
        const { status } = await world.runs.get(runId, { resolveData: 'none' })
        if (status === 'completed') return getRun(runId).returnValue
        if (status === 'failed') throw new Error('the run failed')
        await delay(5)
      }
    },
    drain: (runs) => drain(runs, { begin, concurrency, postgres }),
    async close() {},
  }
}

async function serveHandlers() {
  const handlers = {
    '/.well-known/workflow/v1/flow': require('./.well-known/workflow/v1/flow.js'),
    '/.well-known/workflow/v1/step': require('./.well-known/workflow/v1/step.js'),
  }
  const server = createServer(async (incoming, outgoing) => {
    const { pathname } = new URL(incoming.url, 'http://127.0.0.1')
    const handler = handlers[pathname]?.[incoming.method]
    if (handler === undefined) return outgoing.writeHead(404).end()
    const body = incoming.method === 'POST' ? Readable.toWeb(incoming) : undefined
    const request = new Request(`http://127.0.0.1${incoming.url}`, {
      ...{ method: incoming.method, headers: incoming.headers, body, duplex: 'half' },
    })
    const answer = await handler(request)
    outgoing.writeHead(answer.status, Object.fromEntries(answer.headers)).end(Buffer.from(await answer.arrayBuffer()))
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

async function drain(runs, { begin, concurrency, postgres }) {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: postgres })
  await client.connect()
  const count = async () => {
    const { rows } = await client.query(
      `SELECT count(*) AS done FROM workflow.workflow_runs WHERE status = 'completed'`,
    )
    return Number(rows[0].done)
  }
  const before = await count()
  let left = runs
  const lane = async () => {
    while (left-- > 0) await begin()
  }
  await Promise.all(Array.from({ length: concurrency }, lane))
  while ((await count()) < before + runs) await delay(50)
  await client.end()
}
