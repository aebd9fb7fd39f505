import assert from 'node:assert/strict'
import { test } from 'node:test'
import { linesOf, runPolis } from '../../lifecycle/polis.ts'
import { startFleetOver } from '../runtime/fleet.ts'
import { skipWithout } from '../server/binary.ts'
import { createDeployment, type Deployment, startAll } from './deployment.ts'

const FIVE =
  "for (const n of [1, 2, 3, 4, 5]) await context.step('step-' + n, async () => { note(input.file, input.name + ' ' + n); await sleep(100) }, { effect: 'idempotent' }); return input.name"

/** The settings of the rendered ConfigMap, with the places of this machine. */
function variablesOf({ plan, sentinels, sentinelPort, password }: Deployment): Readonly<Record<string, string>> {
  const redis = Object.entries(plan.variables).filter(([name]) => /^POLIS_(REDIS|STORE)_/.test(name))
  return {
    ...Object.fromEntries(redis),
    POLIS_REDIS_SENTINELS: sentinels.map(({ host }) => `${host}:${sentinelPort}`).join(','),
    POLIS_REDIS_PASSWORD_FILE: password('polis'),
    POLIS_REDIS_SENTINEL_PASSWORD_FILE: password('polis'),
  }
}

test('The runtime works with the settings and the user that the manifests give it, also when the primary is stopped or killed', {
  ...{ skip: skipWithout('redis-server', 'redis-sentinel', 'redis-cli'), timeout: 180_000 },
}, async () => {
  await using deployment = await createDeployment()
  await startAll(deployment)
  const env = variablesOf(deployment)
  assert.deepEqual(
    [env.POLIS_STORE_DURABILITY, env.POLIS_REDIS_USERNAME, env.POLIS_REDIS_SENTINEL_USERNAME],
    ['replicated', 'polis', 'polis'],
  )
  await using fleet = await startFleetOver({ agents: { five: FIVE }, heartbeat: 1, env })
  const { stdout } = await runPolis(fleet.project.dir, ['doctor', '--json'], env)
  const { checks }: { checks: { area: string; status: string; detail: string }[] } = JSON.parse(stdout)
  const unwell = checks.filter(({ area, status }) => area === 'store' && status !== 'ok')
  assert.deepEqual(unwell, [], 'nothing about this Redis is risky')
  const [api] = [await fleet.start('api'), await fleet.start('worker')]
  const accepted: string[] = []
  const submit = async (name: string) => {
    const { run } = await api.client.runs.submit({ agent: 'five', input: { file: fleet.notes, name } }, { key: name })
    accepted.push(run)
  }
  const primary = async () => {
    const host = await deployment.primary()
    return deployment.servers.find((pod) => pod.host === host) ?? assert.fail(`no server of ours leads: ${host}`)
  }
  for (let at = 0; at < 5; at++) await submit(`a${at}`)
  await linesOf(fleet.notes, 5)
  const stopped = await primary()
  await stopped.execute('stop-redis')
  await stopped.kill('SIGTERM')
  stopped.start()
  await submitWhenReady(() => submit('b'))
  await (await primary()).kill()
  await submitWhenReady(() => submit('c'))
  for (const run of accepted) assert.equal((await api.client.runs.get(run, { wait: '60s' })).status, 'completed')
  assert.equal(accepted.length, 7)
})

/** New runs are refused while no primary is reached: whoever submits tries again, under the same key. */
async function submitWhenReady(submit: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await submit()
    } catch (reason) {
      if ((reason as { code?: unknown }).code !== 'STORE_UNAVAILABLE') throw reason
    }
  }
}
