import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type FakeTools, testAgent } from 'agentpolis/testing'
import incidentDesk from './agents/incident-desk.ts'
import logAnalyst from './agents/log-analyst.ts'
import { script } from './script.ts'

const LOGS: Readonly<Record<string, readonly string[]>> = {
  shop: ['2026-01-01T00:05:00Z error db timed out after 9 ms'],
  db: ['2026-01-01T00:04:00Z warn  full', '2026-01-01T00:06:00Z error full'],
}

/** The operations of another shop, whose database ails since its last deploy. */
function operations(): FakeTools {
  let version = '2'
  const status = (service: string) => ({ service, version: service === 'db' ? version : '7', healthy: version === '1' })
  const json = (value: unknown) => JSON.stringify(value)
  return {
    ops: {
      list_alerts: {
        effect: 'read',
        call: () => json(['shop', 'db'].map((service) => ({ service, severity: 'critical', title: 'slow' }))),
      },
      search_logs: {
        effect: 'read',
        call: ({ service, level }: { service: string; level: string }) =>
          json(LOGS[service]?.filter((line) => line.includes(level))),
      },
      list_deploys: {
        effect: 'read',
        call: ({ service }: { service: string }) =>
          json(service === 'db' ? [deploy('2', '2026-01-01T00:01:00Z'), deploy('1', '2025-12-01T00:00:00Z')] : []),
      },
      service_status: { effect: 'read', call: ({ service }: { service: string }) => json(status(service)) },
      roll_back: {
        effect: 'idempotent',
        call: (args: { service: string; version: string }) => {
          version = args.version
          return json(status('db'))
        },
      },
    },
  }
}

function deploy(version: string, at: string) {
  return { service: 'db', version, at, change: `change ${version}` }
}

const options = {
  dir: import.meta.dirname,
  input: 'What is wrong?',
  agents: [logAnalyst],
  models: script,
  tools: operations,
  answers: { approve: true },
}

test('The desk finds the deploy behind all alerts and, once a human agrees, rolls it back', async () => {
  const run = await testAgent(incidentDesk, options)
  assert.deepEqual(run.output, {
    summary: 'shop: slow',
    cause: 'db 2: change 2',
    evidence: [...(LOGS.shop ?? []), ...(LOGS.db ?? [])],
    action: 'Rolled db back to 1. Now running: shop 7, db 1.',
    healthy: true,
  })
})

test('The human sees which version comes back, and may say no', async () => {
  let about: unknown
  const run = await testAgent(incidentDesk, {
    ...options,
    answers: (question) => {
      about = question.about
      return { decision: 'decline', comment: 'not before Monday' }
    },
  })
  assert.deepEqual(about, { tool: 'ops_roll_back', args: { service: 'db', version: '1' } })
  assert.match(run.output.action, /^Nothing was changed: A human declined this call: not before Monday/)
  assert.equal(run.output.healthy, false)
  assert.equal(run.steps.has('ops.roll_back'), false)
})

test('The human may choose another version, and the report says which', async () => {
  const answers = { approve: { decision: 'approve', args: { service: 'db', version: '0' } } }
  const run = await testAgent(incidentDesk, { ...options, answers })
  assert.match(run.output.action, /^Rolled db back to 0\./)
})

test('Crashes at every step change nothing of the result', async () => {
  const run = await testAgent(incidentDesk, { ...options, crash: { everyStep: true } })
  assert.equal(run.output.healthy, true)
  assert.ok(run.crashes > 20, String(run.crashes))
})
