import { fileURLToPath } from 'node:url'
import { defineConfig } from 'agentpolis'
import { script } from './script.ts'

// A key in the environment is all that it takes to have a real model investigate.
const { ANTHROPIC_API_KEY, OPENAI_API_KEY, INVESTIGATOR } = process.env
const investigator =
  INVESTIGATOR ??
  (ANTHROPIC_API_KEY ? 'anthropic/claude-sonnet-5-5' : OPENAI_API_KEY ? 'openai/gpt-6-sol' : 'scripted/investigator')

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
})
