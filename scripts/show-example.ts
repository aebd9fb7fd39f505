import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Client, createClient } from 'agentpolis/client'
import { followRun } from '../src/cli/follow.ts'
import type { Io } from '../src/cli/io.ts'
import { processIo } from '../src/cli/process-io.ts'
import { createPrompter } from '../src/cli/prompt.ts'
import { createStyle } from '../src/cli/terminal/style.ts'
import { textWidth } from '../src/cli/terminal/width.ts'
import { createRunTree, type RunEntry, type RunTree } from '../src/cli/tree.ts'
import { startHost } from '../src/server/host/start-host.ts'
import { freePort } from './free-port.ts'

/** An example of this repository, and how it is shown. */
export interface Example {
  /** Its folder. */
  readonly dir: string
  readonly agent: string
  readonly input: unknown
  /** What whoever is asked says, unless `--ask` leaves it to a human. */
  readonly answer: (question: { readonly id: string; readonly about?: unknown }) => unknown
  /** Lines to say before it begins. */
  readonly intro?: readonly string[]
  /** What the run came to, as lines. */
  readonly show: (output: unknown) => Promise<readonly string[]>
  /** Commands to try while it keeps serving; `polis` stands for the command line of this repository. */
  readonly tries: readonly string[]
}

/**
 * Shows an example end to end: serves its project as `polis dev` does, submits a run over HTTP, follows its stream, answers what it asks,
 * and shows what it came to. Then it keeps serving; with `--once` it ends. With `--ask` questions are left to whoever sits at the terminal.
 */
export async function showExample(example: Example, args: readonly string[]): Promise<void> {
  const unknown = args.find((argument) => argument !== '--once' && argument !== '--ask')
  if (unknown !== undefined) {
    console.error(`Unknown option ${unknown}: there are --once (end after the report) and --ask (answer yourself)`)
    process.exitCode = 2
    return
  }
  const stage = createStage(example)
  const { host, say, stop } = { ...stage, host: await serve(stage) }
  try {
    const url = host.urls.api ?? ''
    const ended = await play(stage, url, args.includes('--ask'))
    if (stop.aborted) return
    if (!ended) process.exitCode = 1
    if (args.includes('--once')) return
    suggest(stage, url, host.urls.metrics)
    await new Promise((resolve) => stop.addEventListener('abort', resolve, { once: true }))
    say('', 'Stopping: what runs is finished or handed over. Ctrl-C again ends it at once.')
  } finally {
    await host.stop(stop.aborted ? String(stop.reason) : 'the example is over')
  }
}

interface Stage {
  readonly example: Example
  readonly io: Io
  readonly stop: Io['stop']
  readonly style: ReturnType<typeof createStyle>
  readonly say: (...lines: string[]) => void
}

function createStage(example: Example): Stage {
  const stop = stopOnSignals()
  const io = processIo(process, stop)
  const say = (...lines: string[]) => io.stdout.write(`${lines.join('\n')}\n`)
  return { example, io, stop, style: createStyle(io.stdout, io.env), say }
}

/** The port is this example's alone while it runs, so its folder can be cleared for a fresh start. */
async function serve({ example: { dir, intro = [] }, io, style, say }: Stage) {
  const port = await freePort(8080)
  const metrics = await freePort(9090, port)
  if (port !== 8080) say(style.dim(`Port 8080 is taken: serving on ${port} instead.`))
  const store = storeAt(port)
  await rm(dirname(join(dir, store)), { recursive: true, force: true })
  const host = await startHost({
    ...{ dir, role: 'all', mode: 'dev', env: io.env, output: process.stderr },
    overrides: {
      'server.port': port,
      'prometheus.port': metrics,
      'store.path': store,
      'log.level': 'warn',
    },
  })
  say(`${style.bold('Agentpolis')} serves ${host.urls.api} with agents ${names(host.agents())}`, ...intro, '')
  return host
}

/** Counted from the example's folder; each start clears it. */
function storeAt(port: number | string): string {
  return `.polis/start-${port}/store.db`
}

/** Runs the agent over HTTP and shows it; false when it did not complete. */
async function play(stage: Stage, url: string, ask: boolean): Promise<boolean> {
  const { example, io, stop, say } = stage
  const client = createClient({ url })
  const { run } = await client.runs.submit({ agent: example.agent, input: example.input })
  const tree = createRunTree({ io })
  const prompter = ask ? createPrompter({ io, tree, client }) : undefined
  const entry = (next: RunEntry) => {
    tree.entry(next)
    if (prompter) prompter.check()
    else if (next.kind === 'question-asked') tellAnswer(stage, tree, `${url}/api/v1/runs/${run}`, next.data)
  }
  const listener = { entry, transient: tree.transient }
  const following = followRun(run, { client, listener, clock: io.clock, signal: stop }).finally(() => {
    prompter?.close()
    tree.finish()
  })
  const ended = await (ask ? following : Promise.all([following, answer(stage, client, run)]).then(([view]) => view))
  if (ended === undefined) return false
  if (ended.status !== 'completed') {
    console.error(`The run ${ended.status}: ${ended.error?.message ?? ended.reason ?? ''}`)
    return false
  }
  say('', ...(await example.show(ended.output)))
  return true
}

/** Answers as any client would: it follows the run, and says its word to each question. */
async function answer({ example, stop }: Stage, client: Client, run: string): Promise<void> {
  for await (const event of client.runs.follow(run, { signal: stop })) {
    if (event.kind === 'question-asked') await client.runs.answer(run, event.data.id, example.answer(event.data))
  }
}

type Asked = Extract<RunEntry, { kind: 'question-asked' }>['data']

function tellAnswer({ example, io, style, say }: Stage, tree: RunTree, url: string, asked: Asked): void {
  const lines: readonly (readonly [string, (text: string) => string])[] = [
    ['', style.dim],
    ['The agent asks a human. Nobody has to sit here: this script answers, by', style.yellow],
    [`  POST ${url}/questions/${encodeURIComponent(asked.id)}/answer`, style.cyan],
    [`  ${JSON.stringify({ answer: example.answer(asked) })}`, style.cyan],
    ['(npm start -- --ask leaves it to you)', style.dim],
    ['', style.dim],
  ]
  tree.hold()
  say(...lines.map(([text, paint]) => paint(text)))
  tree.resume(lines.reduce((rows, [text]) => rows + rowsOf(text, io.stdout.columns), 0))
}

function rowsOf(text: string, columns: number): number {
  return Math.max(1, Math.ceil(textWidth(text) / columns))
}

function suggest({ example, style, say }: Stage, url: string, metrics: string | undefined): void {
  const root = join(import.meta.dirname, '..')
  const polis = `${join(root, 'node_modules/.bin/node')} ${join(root, 'src/main.ts')}`
  say(
    style.bold('Still serving. In another terminal, try:'),
    '',
    `  curl -s ${url}/api/v1/runs`,
    ...(metrics === undefined ? [] : [`  curl -s ${metrics} | grep workflow_`]),
    '',
    `  alias polis='${polis} --url ${url}'`,
    ...example.tries.map((line) => `  ${line}`),
    '',
    'Ctrl-C ends it. Killed while a question waits (npm start -- --ask), it goes on from there with:',
    '',
    `  POLIS_STORE_PATH=${storeAt(new URL(url).port)} ${polis} --dir ${example.dir} dev`,
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
