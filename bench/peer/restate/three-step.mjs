// Restate: its server in a process of its own beside this one, in a network namespace that has loopback alone, since it listens
// on all addresses. Runs are called over its HTTP ingress.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { setTimeout as delay } from 'node:timers/promises'
import { INPUT, OUTPUT } from '../workload.mjs'

export async function createPeer({ folder }) {
  // Its log has two lines a run otherwise.
  process.env.RESTATE_LOGGING = 'ERROR'
  const restate = await import('@restatedev/restate-sdk')
  const clients = await import('@restatedev/restate-sdk-clients')
  const server = startServer(folder)

  // user code
  const threeStep = restate.service({
    name: 'ThreeStep',
    handlers: {
      run: async (context, _input) => {
        await context.run('first', () => OUTPUT)
        await context.run('second', () => OUTPUT)
        return context.run('third', () => OUTPUT)
      },
    },
  })

  await restate.serve({ services: [threeStep], port: 9080 })
  await register('http://127.0.0.1:9080')
  const client = clients.connect({ url: 'http://127.0.0.1:8080' }).serviceClient(threeStep)
  // end of user code

  return {
    run: () => client.run(INPUT),
    server: server.pid,
    async close() {
      server.kill('SIGKILL')
    },
  }
}

function startServer(folder) {
  const require = createRequire(import.meta.url)
  const binary = require.resolve(`@restatedev/restate-server-${process.platform}-${process.arch}/bin/restate-server`)
  const env = { ...process.env, RESTATE_DISABLE_TELEMETRY: 'true', RESTATE_LOG_FILTER: 'warn' }
  const server = spawn(binary, ['--node-name=bench', `--base-dir=${folder}`], { cwd: folder, env, stdio: 'ignore' })
  process.once('exit', () => server.kill('SIGKILL'))
  return server
}

async function register(uri) {
  const until = Date.now() + 30_000
  for (;;) {
    const answer = await fetch('http://127.0.0.1:9070/deployments', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ uri }),
    }).catch(() => undefined)
    if (answer?.ok) return
    if (Date.now() > until) throw new Error(`Restate did not take the deployment: ${await answer?.text()}`)
    await delay(200)
  }
}
