/**
 * `npm start`: the example, end to end.
 *
 * Serves this project as `polis dev` does, submits a run over HTTP, follows its stream, answers its question, and shows the report. Then
 * it keeps serving; with `--once` it ends. With `--ask` it leaves the question to whoever sits at the terminal.
 */
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Client, createClient } from 'agentpolis/client'
import { followRun } from '../../src/cli/follow.ts'
import type { Io } from '../../src/cli/io.ts'
import { processIo } from '../../src/cli/process-io.ts'
import { createPrompter } from '../../src/cli/prompt.ts'
import { createStyle } from '../../src/cli/terminal/style.ts'
import { createRunTree, type RunEntry, type RunTree } from '../../src/cli/tree.ts'
import { startHost } from '../../src/server/host/start-host.ts'
import { freePort } from './free-port.ts'

const ANSWER = { approve: true, comment: 'approved by start.ts' }

const dir = import.meta.dirname
const stop = stopOnSignals()
const io = processIo(process, stop)
const style = createStyle(io.stdout, io.env)
const say = (...lines: string[]) => io.stdout.write(`${lines.join('\n')}\n`)

await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<void> {
  const unknown = args.find((argument) => argument !== '--once' && argument !== '--ask')
  if (unknown !== undefined) {
    console.error(`Unknown option ${unknown}: there are --once (end after the report) and --ask (answer yourself)`)
    process.exitCode = 2
    return
  }
  const host = await serve()
  try {
    const url = host.urls.api ?? ''
    const ended = await show(url, args.includes('--ask'))
    if (stop.aborted) return
    if (!ended) process.exitCode = 1
    if (args.includes('--once')) return
    suggest(url, host.urls.metrics)
    await new Promise((resolve) => stop.addEventListener('abort', resolve, { once: true }))
    say('', 'Stopping: what runs is finished or handed over. Ctrl-C again ends it at once.')
  } finally {
    await host.stop(stop.aborted ? String(stop.reason) : 'the example is over')
  }
}

/** The port is this example's alone while it runs, so its folder can be cleared for a fresh start. */
async function serve() {
  const port = await freePort(8080)
  const metrics = await freePort(9090, port)
  if (port !== 8080) say(style.dim(`Port 8080 is taken: serving on ${port} instead.`))
  const store = `.polis/start-${port}`
  await rm(join(dir, store), { recursive: true, force: true })
  const host = await startHost({
    ...{ dir, role: 'all', mode: 'dev', env: io.env, output: process.stderr },
    overrides: {
      'server.port': port,
      'prometheus.port': metrics,
      'store.path': `${store}/store.db`,
      'log.level': 'warn',
    },
  })
  say(`${style.bold('Agentpolis')} serves ${host.urls.api} with agents ${names(host.agents())}`, '')
  return host
}

/** Runs the agent over HTTP and shows it; false when it did not complete. */
async function show(url: string, ask: boolean): Promise<boolean> {
  const client = createClient({ url })
  const { run } = await client.runs.submit({ agent: 'repository-report', input: {} })
  const tree = createRunTree({ io })
  const prompter = ask ? createPrompter({ io, tree, client }) : undefined
  const entry = (next: RunEntry) => {
    tree.entry(next)
    if (prompter) prompter.check()
    else if (next.kind === 'question-asked') tellAnswer(tree, url, run, next.data.id)
  }
  const listener = { entry, transient: tree.transient }
  const following = followRun(run, { client, listener, clock: io.clock, signal: stop }).finally(() => {
    prompter?.close()
    tree.finish()
  })
  const ended = await (ask ? following : Promise.all([following, approve(client, run)]).then(([view]) => view))
  if (ended === undefined) return false
  if (ended.status !== 'completed') {
    console.error(`The run ${ended.status}: ${ended.error?.message ?? ended.reason ?? ''}`)
    return false
  }
  await showReport(ended.output)
  return true
}

/** Answers as any client would: it follows the run until there is a question. */
async function approve(client: Client, run: string): Promise<void> {
  for await (const event of client.runs.follow(run, { signal: stop })) {
    if (event.kind === 'question-asked') return client.runs.answer(run, event.data.id, ANSWER)
  }
}

function tellAnswer(tree: RunTree, url: string, run: string, question: string): void {
  const lines = [
    '',
    style.yellow('The agent asks for approval. Nobody has to sit here: this script approves it, by'),
    style.cyan(`  POST ${url}/api/v1/runs/${run}/questions/${question}/answer`),
    style.cyan(`  ${JSON.stringify({ answer: ANSWER })}`),
    style.dim('(npm start -- --ask leaves it to you)'),
    '',
  ]
  tree.hold()
  say(...lines)
  tree.resume(lines.length)
}

async function showReport(output: unknown): Promise<void> {
  const { published, mistakes } = output as { published: boolean; mistakes: string[] } // As the agent's schema says.
  if (!published) return say('', 'The report was not approved, so nothing was written.')
  const report = await readFile(join(dir, '.polis/reports/report.md'), 'utf8')
  const checked = mistakes.length === 0 ? 'the second agent found no mistake in it' : `mistakes: ${mistakes.join('; ')}`
  say('', style.bold(`Published to examples/repository-report/.polis/reports/report.md (${checked}):`), '', report)
}

function suggest(url: string, metrics: string | undefined): void {
  say(
    style.bold('Still serving. In another terminal, try:'),
    '',
    `  curl -s ${url}/api/v1/runs`,
    `  curl -s '${url}/api/v1/runs?wait=30s' -H 'content-type: application/json' \\`,
    `    -d '{"agent":"repository-report","input":{}}'     # it will ask: answer with polis`,
    ...(metrics === undefined ? [] : [`  curl -s ${metrics} | grep workflow_`]),
    '',
    `  alias polis='${join(dir, '../../node_modules/.bin/node')} ${join(dir, '../../src/main.ts')} --url ${url}'`,
    '  polis runs list',
    '  polis run repository-report --follow                # answer it right there',
    '',
    'Kill it while a question waits, and polis dev in this folder goes on from there. Ctrl-C ends it.',
  )
}

function names(agents: readonly { readonly name: string }[]): string {
  return agents.map(({ name }) => name).join(' and ')
}

/** Aborts at the first signal; the second ends the process where it is. */
function stopOnSignals(): Io['stop'] {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => (controller.signal.aborted ? process.exit(1) : controller.abort(signal)))
  }
  return controller.signal
}
