import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PolisError } from '../../src/core/error.ts'
import type { McpServerConfig } from '../../src/protocol/mcp/config.ts'
import { createLog } from '../../src/telemetry/log.ts'
import { fixture, startHttp, startServers, variable } from './support.ts'

const SECRET = 'correct horse battery staple'
const signal = new AbortController().signal

/** All that is written and thrown while a server is asked to tell its secret. */
async function hear(config: McpServerConfig): Promise<string> {
  const heard: string[] = []
  const write = (line: string) => heard.push(line)
  const log = createLog({ level: 'debug', format: 'json', destination: { write } })
  await using servers = startServers({ gossip: { timeout: '3s', ...config } }, { env: { VAULT: SECRET }, log })
  const onQuestion = async (question: object) => {
    heard.push(JSON.stringify(question))
    return { action: 'cancel' } as const
  }
  const onProgress = (step: object) => void heard.push(JSON.stringify(step))
  await assert.rejects(servers.call('gossip', 'tell', {}, { signal, onQuestion, onProgress }), (reason: unknown) => {
    const error = PolisError.from(reason)
    log.error({ error }, 'The call failed')
    heard.push(JSON.stringify(error), error.stack ?? '')
    return true
  })
  heard.push(JSON.stringify(await servers.check('gossip', AbortSignal.timeout(5000))))
  return heard.join('\n')
}

for (const kind of ['error', 'result', 'die', 'ask']) {
  test(`A child process that repeats its secret (${kind}) is heard without it`, async () => {
    const heard = await hear({ ...fixture('gossip-server.ts', kind), env: { GOSSIP: variable('VAULT') } })
    assert.match(heard, /\[redacted\]/)
    if (kind !== 'ask') assert.match(heard, /logging in with \[redacted\]/)
    assert.doesNotMatch(heard, /correct horse/)
  })
}

test('A server that repeats its header and its URL is heard without them', async () => {
  await using http = await startHttp({}, ['gossip-server.ts', 'http'])
  const url = `${http.url}?token=a-secret-of-the-query`
  const heard = await hear({ url, headers: { 'x-vault': `for ${variable('VAULT')}` } })
  assert.match(heard, /HTTP 4\d\d/)
  assert.doesNotMatch(heard, /correct horse|a-secret-of/)
})
