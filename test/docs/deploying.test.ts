import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { DeploymentOptions } from '../../src/core/deployment/schema.ts'
import { PLEDGES } from '../../src/manifest/compliance/pledges.ts'
import { planOf } from '../../src/manifest/fixture.ts'
import { describePeer, type Flow } from '../../src/manifest/network/flow.ts'
import { flowsOf } from '../../src/manifest/network/flows.ts'

const page = readFileSync(fileURLToPath(new URL('../../docs/guide/deploying.md', import.meta.url)), 'utf8')

/** Deployments that have every flow among them. */
const DEPLOYMENTS: readonly DeploymentOptions[] = [
  {
    modelServers: { small: { model: 'Qwen/Qwen3-8B' } },
    mesh: { kind: 'sidecar' },
    network: { callers: [{ pods: { app: 'web' } }] },
  },
  {
    mesh: { kind: 'ambient', gateway: 'edge/main' },
    redis: { kind: 'external' },
    settings: { 'redis.host': 'redis.example.com' },
  },
]
const SETTINGS = {
  ...{ 'tracing.enabled': true, 'tracing.endpoint': 'http://otel.observability.svc:4318' },
  ...{ 'auth.jwt_issuer': 'https://login.example.com', 'auth.jwt_jwks_url': 'https://login.example.com/keys' },
}

/** Port of the tunnels of an ambient mesh, of which the page speaks beside its table. */
const TUNNEL = 15_008

test('The guide tells every flow that NetworkPolicies let through, and no other', () => {
  const flows = DEPLOYMENTS.flatMap((deployment) => flowsOf(planOf(deployment, SETTINGS)))
  assert.deepEqual(rowsBelow('| from | to | ports | so that |'), [...new Set(flows.map(flowRow))].sort())
})

test('The guide tells everything that labels of compliance promise', () => {
  const rows = PLEDGES.map(({ id, text, regimes }) => {
    const whose = regimes === 'every' ? 'every one' : regimes.join(', ')
    return `| \`${id}\` | ${text} | ${whose} |`
  })
  assert.deepEqual(rowsBelow('| pledge | what is so | labels |'), rows.sort())
})

function flowRow({ from, to, ports, why }: Flow): string {
  const shown = ports.filter(({ number }) => number !== TUNNEL || ports.length === 1)
  const numbers = shown.map(({ number, protocol }) => (protocol === undefined ? number : `${number}/${protocol}`))
  return `| ${describePeer(from)} | ${describePeer(to)} | ${numbers.join(', ')} | ${why} |`
}

/** The rows of the table that begins with this line, sorted. */
function rowsBelow(head: string): readonly string[] {
  const lines = page.slice(page.indexOf(head)).split('\n').slice(2)
  return lines
    .slice(
      0,
      lines.findIndex((line) => !line.startsWith('|')),
    )
    .sort()
}
