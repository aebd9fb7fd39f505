/**
 * The entry of the agents' thread.
 *
 * Role: executes a project's code, and everything that code needs: a store connection and MCP servers of its own. Boundary: it talks
 * to the main thread by the messages of `message.ts` alone, which begin with `loaded` or `failed`.
 */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { agentInfo } from '../../agent/program.ts'
import { loadProject, type Project } from '../../agent/project.ts'
import { PolisError } from '../../core/error.ts'
import { rememberSecrets } from '../../core/secret.ts'
import type { Transients } from '../../core/transient.ts'
import type { Log } from '../../telemetry/log.ts'
import { type ForwardingMetrics, forwardMetrics } from '../../telemetry/metrics.ts'
import { startExecution } from './execute.ts'
import { forwardLog } from './forward-log.ts'
import { guardThread } from './guard.ts'
import type { Catalogue, FromThread, ThreadInput, ToThread } from './message.ts'

interface Reports {
  readonly post: (message: FromThread) => void
  readonly log: Log
  readonly metrics: ForwardingMetrics
}

const port = parentPort
// Only `createSpawn` starts this file, and with just this data.
if (port !== null) void serve(port, workerData as ThreadInput)

async function serve(port: MessagePort, input: ThreadInput): Promise<void> {
  const exit = process.exit
  rememberSecrets(input.env)
  const post = (message: FromThread) => port.postMessage(message)
  const metrics = forwardMetrics((batch) => post({ kind: 'metrics', batch }))
  let log = forwardLog(post, 'info')
  const onFault = () => metrics.increment('errors_total', { error_type: 'INTERNAL', component: 'agent' })
  guardThread({ dir: input.dir, log: () => log, onFault })
  // Keeps the thread alive while the project is loaded, and holds what comes early.
  const commands = listen(port)
  try {
    const project = await loadProject(input.dir, input)
    log = forwardLog(post, project.settings['log.level'])
    post({ kind: 'loaded', catalogue: catalogueOf(project) })
    await execute(commands, input, project, { post, log, metrics })
    metrics.flush()
  } catch (reason) {
    post({ kind: 'failed', error: PolisError.from(reason, 'AGENT_LOAD_FAILED').toJSON() })
  }
  // Whatever an agent left behind (a timer, a socket) must not keep the thread.
  exit(0)
}

/** Executes from `start` until `stop`. */
async function execute(commands: Commands, input: ThreadInput, project: Project, reports: Reports): Promise<void> {
  const first = await commands.next()
  if (first.kind === 'stop') return
  const { post, log, metrics } = reports
  const transients: Transients = { publish: (event) => post({ kind: 'transient', event }), subscribe: () => () => {} }
  const { settings } = first
  const { env, anyRelease } = input
  const execution = await startExecution({ project, settings, env, anyRelease, log, metrics, transients })
  post({ kind: 'started', worker: execution.worker })
  let command = await commands.next()
  while (command.kind !== 'stop') command = await commands.next()
  await execution.stop(command.timeout)
}

interface Commands {
  next(): Promise<ToThread>
}

function listen(port: MessagePort): Commands {
  const waiting: ToThread[] = []
  let wake = () => {}
  port.on('message', (message: ToThread) => {
    waiting.push(message)
    wake()
  })
  return {
    async next() {
      if (waiting.length === 0) await new Promise<void>((resolve) => (wake = resolve))
      return waiting.shift() ?? this.next()
    },
  }
}

function catalogueOf({ agents, schedules, settings, warnings }: Project): Catalogue {
  return { agents: [...agents.values()].map(agentInfo), schedules, settings, warnings }
}
