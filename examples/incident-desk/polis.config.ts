import { fileURLToPath } from 'node:url'
import { defineConfig } from 'agentpolis'
import { script } from './script.ts'

// A key in the environment is all that it takes to have a real model investigate.
const { ANTHROPIC_API_KEY, OPENAI_API_KEY, INVESTIGATOR } = process.env
const investigator =
  INVESTIGATOR ??
  (ANTHROPIC_API_KEY ? 'anthropic/claude-sonnet-5-5' : OPENAI_API_KEY ? 'openai/gpt-6-sol' : 'scripted/investigator')

const image = { repository: 'registry.example.com/shop/incident-desk' }

export default defineConfig({
  models: {
    providers: {
      ...(ANTHROPIC_API_KEY ? { anthropic: { kind: 'anthropic' } } : {}),
      ...(OPENAI_API_KEY ? { openai: { kind: 'openai' } } : {}),
      scripted: { kind: 'scripted', script, pace: '15ms' },
    },
    aliases: { investigator },
  },
  servers: {
    ops: {
      command: process.execPath,
      args: [fileURLToPath(new URL('ops/server.ts', import.meta.url)), '.polis/ops.json'],
    },
  },
  // `npm start` needs none of this: it is what `polis render --env staging` goes by.
  deployment: {
    labels: { owner: 'shop-on-call', costCentre: 'shop-1042' },
    environments: {
      staging: {
        // Beside production, where one cluster has both.
        namespace: 'incident-desk-staging',
        image,
        settings: { 'scaling.min_replicas': 1, 'scaling.max_replicas': 3, 'log.level': 'debug' },
        redis: { kind: 'managed', storage: '2Gi', backup: { enabled: false } },
        // What `polis verify --env staging` asks before production gets it.
        smoke: [
          {
            agent: 'log-analyst',
            input: { service: 'payments', question: 'What is wrong with it, and since when?' },
            expect: { service: 'payments' },
          },
        ],
      },
      production: {
        image,
        // In the Secret `incident-desk-api-keys`, which somebody else makes.
        secrets: { apiKeys: { ANTHROPIC_API_KEY: true } },
        settings: { 'scaling.min_replicas': 3, 'scaling.max_replicas': 12 },
        scaling: { by: 'keda', prometheus: 'http://prometheus-operated.monitoring.svc:9090' },
        worker: { resources: { cpu: '1', memory: '2Gi' } },
        quota: { pods: 60, gpus: 0 },
        monitoring: { podMonitor: true },
      },
    },
  },
})
