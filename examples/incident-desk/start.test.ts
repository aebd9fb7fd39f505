import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'

test('npm start -- --once investigates with the scripted model, says so, and shows the report', async () => {
  const { OPENAI_API_KEY: _, ANTHROPIC_API_KEY: __, INVESTIGATOR: ___, ...env } = process.env
  const script = join(import.meta.dirname, 'start.ts')
  const child = spawn(process.execPath, ['--conditions=polis-source', script, '--once'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...env, NO_COLOR: '1' },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk
    })
  }
  const [code] = await once(child, 'close', { signal: AbortSignal.timeout(60_000) })
  assert.equal(code, 0, output)
  assert.match(output, /a scripted model stands in/)
  assert.match(output, /May incident-desk call ops_roll_back\?/)
  assert.match(output, /Cause +payments 2\.14\.0: Read pool size from DB_POOL, default 5/)
  assert.match(output, /All well now +yes/)
})
