import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'

const LIMIT = 60_000

test('npm start -- --once runs the example to its end and shows the report', async () => {
  const { child, output } = start('--once')
  const [code] = await once(child, 'exit', { signal: AbortSignal.timeout(LIMIT) })
  assert.equal(code, 0, output())
  assert.match(output(), /^# Repository report$/m)
  assert.match(output(), /7 files, 113 lines, 586 words, 3 open notes\./)
  assert.match(output(), /the second agent found no mistake in it/)
  assert.match(output(), /approved by start\.ts/)
})

test('npm start takes the next port when 8080 is taken, keeps serving, and ends with exit 0 on SIGINT', async (context) => {
  const other = createServer()
  await new Promise<void>((resolve) => {
    other.once('error', () => resolve()) // Somebody else has it: as well.
    other.listen(8080, '127.0.0.1', resolve)
  })
  context.after(() => other.close())
  const { child, output, said } = start()
  context.after(() => child.kill('SIGKILL'))
  await said(/Ctrl-C ends it/)
  assert.match(output(), /Port 8080 is taken: serving on \d+ instead/)
  const [, url] = /serves (http:\S+)/.exec(output()) ?? []
  const response = await fetch(`${url}/api/v1/runs`)
  assert.equal(response.status, 200)
  assert.match(await response.text(), /"status":"completed"/)
  child.kill('SIGINT')
  const [code] = await once(child, 'exit', { signal: AbortSignal.timeout(LIMIT) })
  assert.equal(code, 0, output())
})

test('An unknown option is named, with those there are', async () => {
  const { child, output } = start('--twice')
  const [code] = await once(child, 'exit', { signal: AbortSignal.timeout(LIMIT) })
  assert.equal(code, 2)
  assert.match(output(), /Unknown option --twice: there are --once/)
})

interface Started {
  readonly child: ChildProcess
  output(): string
  said(what: RegExp): Promise<void>
}

function start(...args: string[]): Started {
  const child = spawn(process.execPath, ['--conditions=polis-source', join(import.meta.dirname, 'start.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
  })
  let text = ''
  let look = () => {}
  const add = (chunk: Buffer) => {
    text += chunk.toString()
    look()
  }
  child.stdout.on('data', add)
  child.stderr.on('data', add)
  const said = (what: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`Not said in time: ${what}\n${text}`)), LIMIT)
      look = () => {
        if (!what.test(text)) return
        clearTimeout(late)
        resolve()
      }
      child.once('exit', () => reject(new Error(`It ended before it said ${what}:\n${text}`)))
      look()
    })
  return { child, output: () => text, said }
}
