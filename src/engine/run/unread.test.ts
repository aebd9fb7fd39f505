import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hasEnded } from '../../core/run.ts'
import { type AgentCode, createBed, step } from '../fake/test-bed.ts'
import type { Service } from '../service/service.ts'

/** A bed in which `send` is done, and acknowledged, just before the commit with which the first run ends. */
async function bedOf(
  code: AgentCode,
  send: (service: Service, run: string) => Promise<unknown> = (service, run) =>
    service.send({ tenant: 'default' }, run, { name: 'm', data: 'late', id: 'letter' }),
) {
  const bed = createBed({ agents: { agent: code } })
  let sent = false
  await bed.open({
    async before({ run, next }) {
      if (sent || next === undefined || !hasEnded(next.status)) return
      sent = true
      await send(bed.service, run)
    },
  })
  return bed
}

describe('a message that is acknowledged while its run ends', () => {
  it('stands in the journal before the end', async () => {
    const bed = await bedOf((scope) => step(scope, 'a', () => 'done'))
    const run = await bed.submit(null)
    const view = await bed.finish(run)
    assert.deepEqual([view.status, view.output], ['completed', 'done'])
    assert.deepEqual(await bed.kinds(run), ['run-submitted', 'step-completed', 'message-arrived', 'run-completed'])
    assert.equal(view.sequence, 4)
  })

  it('is received by the retry of a run that failed', async () => {
    let fails = true
    const bed = await bedOf(async (scope) => {
      if (fails) throw new Error('not yet')
      return scope.receive('m', undefined)
    })
    const run = await bed.submit(null)
    assert.equal((await bed.finish(run)).status, 'failed')
    fails = false
    await bed.service.retry(bed.caller, run)
    assert.equal((await bed.finish(run)).output, 'late')
  })

  it('goes to the run that it goes on as', async () => {
    const bed = await bedOf((scope, input) => (input === 0 ? scope.continueAs(1) : scope.receive('m', undefined)))
    const run = await bed.submit(0)
    const { continuedAs } = await bed.finish(run)
    assert.equal((await bed.finish(continuedAs ?? '')).output, 'late')
  })

  it('stands in the journal of a run that is cancelled while it waits in the queue', async () => {
    const bed = createBed({ agents: { agent: async () => null } })
    const run = await bed.submit(null)
    await bed.service.send(bed.caller, run, { name: 'm', data: 1 })
    await bed.service.cancel(bed.caller, run)
    const kinds = ['run-submitted', 'message-arrived', 'cancel-requested', 'run-cancelled']
    assert.deepEqual(await bed.kinds(run), kinds)
  })
})

describe('a cancel that is acknowledged while its run is continued', () => {
  it('cancels the run that it goes on as', async () => {
    const code: AgentCode = (scope, input) =>
      input === 0 ? scope.continueAs(1) : step(scope, 'forever', () => new Promise(() => {}))
    const bed = await bedOf(code, (service, run) => service.cancel({ tenant: 'default' }, run, 'stop'))
    const run = await bed.submit(0)
    const { continuedAs } = await bed.finish(run)
    assert.deepEqual((await bed.finish(continuedAs ?? '')).error, { code: 'CANCELLED', message: 'stop' })
  })
})
