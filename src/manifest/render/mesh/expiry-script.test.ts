import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { EXPIRES, EXPIRY_SCRIPT } from './expiry-script.ts'

const OVER = { status: 200, annotations: { [EXPIRES]: '2020-01-01T00:00:00Z' } }
const TO_COME = { status: 200, annotations: { [EXPIRES]: '2999-01-01T00:00:00Z' } }
const ABSENT = { status: 404 }

test('Faults whose time is over are deleted, with the token of the pod', async (context) => {
  const { code, asked } = await run(context, [OVER])
  assert.equal(code, 0)
  assert.deepEqual(asked, ['GET Bearer secret', 'DELETE Bearer secret'])
})

test('Faults whose time is to come are looked at again, and deleted then', async (context) => {
  const { code, asked } = await run(context, [TO_COME, TO_COME, OVER])
  assert.equal(code, 0)
  assert.deepEqual(asked, [...Array.from({ length: 3 }, () => 'GET Bearer secret'), 'DELETE Bearer secret'])
})

test('Faults that do not say when they end are deleted', async (context) => {
  const { code, asked } = await run(context, [{ status: 200, annotations: {} }])
  assert.equal(code, 0)
  assert.deepEqual(asked, ['GET Bearer secret', 'DELETE Bearer secret'])
})

test('Faults that somebody else took away need nobody any more', async (context) => {
  const { code, asked } = await run(context, [TO_COME, ABSENT])
  assert.equal(code, 0)
  assert.deepEqual(asked, ['GET Bearer secret', 'GET Bearer secret'])
})

test('Faults that are not there yet are waited for, and not for ever', async (context) => {
  const late = await run(context, [ABSENT, ABSENT, OVER])
  assert.equal(late.asked.at(-1), 'DELETE Bearer secret')
  const never = await run(context, [ABSENT], { WAIT_FOR: '0' })
  assert.deepEqual(never, { code: 0, asked: ['GET Bearer secret'] })
})

test('What is unexpected ends the process with an error, so that its Job starts another', async (context) => {
  const { code, asked } = await run(context, [{ status: 403 }])
  assert.equal(code, 1)
  assert.deepEqual(asked, ['GET Bearer secret'])
})

interface Answer {
  readonly status: number
  readonly annotations?: Readonly<Record<string, string>>
}

/** Executes the script against an API server that answers its questions in this order, the last one for ever. */
async function run(context: TestContext, answers: readonly Answer[], more: Readonly<Record<string, string>> = {}) {
  const asked: string[] = []
  const server = createServer(({ method, headers }, response) => {
    const answer = answers[Math.min(asked.filter((one) => one.startsWith('GET')).length, answers.length - 1)]
    asked.push(`${method} ${headers.authorization}`)
    response.writeHead(method === 'DELETE' ? 200 : (answer?.status ?? 500), { 'content-type': 'application/json' })
    response.end(JSON.stringify({ metadata: { annotations: answer?.annotations } }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const folder = await mkdtemp(join(tmpdir(), 'polis-expiry-'))
  context.after(async () => {
    server.close()
    await rm(folder, { recursive: true })
  })
  await writeFile(join(folder, 'token'), 'secret\n')
  // An address of a server that listens is no path.
  const { port } = server.address() as AddressInfo
  const env = {
    ...{ OBJECT_URL: `http://127.0.0.1:${port}/chaos`, TOKEN_FILE: join(folder, 'token') },
    ...{ LOOK_EVERY: '1', WAIT_FOR: '60000', ...more },
  }
  const child = spawn(process.execPath, ['--input-type=module', '--eval', EXPIRY_SCRIPT], { env, stdio: 'ignore' })
  const [code] = await once(child, 'exit')
  return { code, asked }
}
