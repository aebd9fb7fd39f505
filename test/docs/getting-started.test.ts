/** The blocks of docs/guide/getting-started.md, each run by a shell as it stands on the page. */
import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { freePort } from '../../scripts/free-port.ts'
import { MAIN, type Talk, talk } from '../cli/spawn.ts'

const root = join(import.meta.dirname, '../..')

test('Whoever follows Getting started sees an answer stream, is asked, serves, and hears that all is well', async (context) => {
  const [init, assistant, hello, answer, dev, submit, doctor, ...more] = blocks()
  assert.deepEqual(more, [], 'a block that this test does not know')
  const ports = { POLIS_SERVER_PORT: String(await freePort(18_080 + randomInt(1000))), POLIS_PROMETHEUS_PORT: '0' }
  const { run, outputOf } = shellOf(context, ports)

  assert.match(await outputOf(run(init, '.')), /\+ agents\/assistant\.ts/)
  assert.match(
    await outputOf(run(assistant)),
    /\(scripted\)[\s\S]*✓ weather[\s\S]*completed[\s\S]*\nHere is what I found: .*Lisbon/,
  )

  const [list, say] = String(answer).trim().split('\n')
  await using asked = run(hello)
  await asked.said(/Send "Hello, Ada!"\?/)
  const waiting = (await outputOf(run(list))).split('\n').find((line) => line.includes('hello'))
  await outputOf(run(say?.replace('RUN', waiting?.match(/run_\w+/)?.[0] ?? '')))
  assert.match(await outputOf(asked), /completed[\s\S]*Hello, Ada!/)

  await using serving = run(dev)
  await serving.said(new RegExp(`127.0.0.1:${ports.POLIS_SERVER_PORT}`))
  assert.match(await outputOf(run(submit?.replace(':8080', `:${ports.POLIS_SERVER_PORT}`))), /"run":"run_/)
  serving.signal('SIGTERM')
  await outputOf(serving)
  assert.match(await outputOf(run(doctor)), / 0 failed/)
})

function blocks(): (string | undefined)[] {
  const page = readFileSync(join(root, 'docs/guide/getting-started.md'), 'utf8')
  return [...page.matchAll(/^```\w+\n([\s\S]*?)^```$/gm)].map(([, code]) => code)
}

interface Shell {
  /** Runs a block, by default in the project that the first one makes. */
  run(block: string | undefined, dir?: string): Talk
  outputOf(talk: Talk): Promise<string>
}

/** A folder and a shell in which `npx` finds the command line of this repository, and `npm install` its packages. */
function shellOf(context: TestContext, env: Readonly<Record<string, string>>): Shell {
  const folder = mkdtempSync(join(tmpdir(), 'polis-guide-'))
  context.after(() => rmSync(folder, { recursive: true, maxRetries: 3 }))
  mkdirSync(join(folder, 'bin'))
  const command = (name: string, code: string) => {
    writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${code}\n`)
    chmodSync(join(folder, 'bin', name), 0o755)
  }
  command('npx', `shift; exec '${process.execPath}' '${MAIN}' "$@"`)
  const links = `ln -s '${root}' node_modules/agentpolis; ln -s '${join(root, 'node_modules/zod')}' node_modules/zod`
  command('npm', `mkdir node_modules; ${links}`)
  const PATH = [join(folder, 'bin'), process.env.PATH].join(delimiter)
  const all = { PATH, NO_COLOR: '1', NODE_OPTIONS: '--conditions=polis-source', ...env }
  return {
    run: (block = '', dir = 'my-agents') =>
      // The one command of most blocks takes the shell's place, so that it gets the signals.
      talk('/bin/sh', ['-ec', `cd '${join(folder, dir)}'\n${block.trim().includes('\n') ? '' : 'exec '}${block}`], all),
    async outputOf({ ended }) {
      const { code, stdout, stderr } = await ended
      assert.equal(code, 0, stdout + stderr)
      return stdout
    },
  }
}
