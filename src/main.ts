#!/usr/bin/env node
/*
 * The only reader of arguments, environment and signals, and the only caller of exit.
 *
 * What stands here must parse on any Node, and everything else is imported after the version is checked.
 */
const LEAST_NODE = 26

if (Number(process.versions.node.split('.')[0]) < LEAST_NODE) {
  process.stderr.write(
    `polis needs Node ${LEAST_NODE} or newer, and this is Node ${process.versions.node}: install it from https://nodejs.org\n`,
  )
  process.exit(2)
} else {
  main()
}

async function main(): Promise<void> {
  const { rememberSecrets } = await import('./core/secret.ts')
  rememberSecrets(process.env)
  const { runCli } = await import('./cli/run-cli.ts')
  const { processIo } = await import('./cli/process-io.ts')
  const { createPorts } = await import('./cli/create-ports.ts')
  const { VERSION } = await import('./server/version.ts')
  const stop = new AbortController()
  listenToSignals(stop)
  process.stdout.on('error', leaveWhenNobodyReads)
  const io = processIo(process, stop.signal)
  const code = await runCli({ args: process.argv.slice(2), io, ports: createPorts(io), version: VERSION })
  // What is written to a pipe may still be on its way.
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)))
}

function listenToSignals(stop: AbortController): void {
  const onSignal = (signal: 'SIGINT' | 'SIGTERM', code: number) => () => {
    if (!stop.signal.aborted) return stop.abort(signal)
    // A second one ends it at once; a drawn tree may have hidden the cursor.
    if (process.stdout.isTTY) process.stdout.write('\x1b[?25h')
    process.exit(code)
  }
  process.on('SIGINT', onSignal('SIGINT', 130))
  process.on('SIGTERM', onSignal('SIGTERM', 143))
}

// As in `polis runs list | head`.
function leaveWhenNobodyReads(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
}
