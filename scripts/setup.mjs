/**
 * Runs a script of this project on the project's own Node: `node scripts/setup.mjs scripts/test.ts --unit`.
 *
 * Role: the one way in from package.json. Installs the dependencies when they are missing or differ from
 * package-lock.json, among them Node itself (the package `node`), then runs the target with it.
 * Boundary: plain JavaScript for Node 20, without dependencies, since it runs before anything is installed.
 *
 * 1. The exit code is the target's; one that died of a signal gives 128 plus the signal's number, as a shell does.
 * 2. The target sees each signal once: on a terminal Ctrl-C reaches it directly, so it is forwarded only without one.
 *    (package.json says `exec`, since a shell between npm and this process would die of a signal and pass nothing on.)
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const ownNode = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url))
const terminal = process.stdin.isTTY || process.stdout.isTTY

if (!isInstalled()) install()
const [target, ...args] = process.argv.slice(2)
if (target !== undefined) run(target, args)

/** Compares what npm says it installed with the lock file, so that a plain `npm ci` counts as well. */
function isInstalled() {
  const installedPath = `${root}/node_modules/.package-lock.json`
  if (!existsSync(installedPath) || !existsSync(ownNode)) return false
  const wanted = Object.entries(readPackages(`${root}/package-lock.json`))
  const installed = readPackages(installedPath)
  return wanted.every(([path, { version, optional }]) => {
    if (path === '') return true
    return installed[path] === undefined ? optional === true : installed[path].version === version
  })
}

function readPackages(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages
}

function install() {
  const started = Date.now()
  process.stderr.write(`Installing dependencies, Node 26 among them (this is Node ${process.versions.node}) …\n`)
  const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm']
  const [command, ...prefix] = npm
  const { status, error } = spawnSync(command, [...prefix, 'ci'], { cwd: root, stdio: ['ignore', 2, 2] })
  if (status !== 0) stop(`npm ci failed${error ? `: ${error.message}` : ''}. Is the npm registry reachable?`)
  if (!existsSync(ownNode)) stop('npm ci did not install Node: use npm 11, or allow install scripts, and run npm ci.')
  process.stderr.write(`Installed in ${((Date.now() - started) / 1000).toFixed(0)} s.\n`)
}

function stop(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

function run(script, scriptArgs) {
  // Examples import `agentpolis` by name; under this condition package.json leads to src instead of dist.
  const options = [process.env.NODE_OPTIONS, '--conditions=polis-source'].filter(Boolean).join(' ')
  const child = spawn(ownNode, [script, ...scriptArgs], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${root}/node_modules/.bin:${process.env.PATH}`, NODE_OPTIONS: options },
  })
  forward(child)
  child.on('error', (error) => stop(`Cannot start ${ownNode}: ${error.message}`))
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
}

function forward(child) {
  const seen = new Set()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (signal === 'SIGINT' && terminal) return
      // npm passes on a signal that the whole process group also received: both arrive within milliseconds.
      if (seen.has(signal)) return
      seen.add(signal)
      setTimeout(() => seen.delete(signal), 500).unref()
      child.kill(signal)
    })
  }
}
