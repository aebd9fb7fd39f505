import type { AgentView, RunView } from '../../core/route/wire.ts'
import { RUN } from './entries.ts'

/** Now, in tests: ms since the epoch. */
export const NOW = 1_800_000_000_000

/** A run for tests: completed a minute ago, after two seconds. */
export function runView(over: Partial<RunView> = {}): RunView {
  return {
    tenant: 'default',
    run: RUN,
    agent: 'report',
    release: '0123456789abcdef',
    status: 'completed',
    priority: 0,
    tags: {},
    epoch: 1,
    sequence: 7,
    bytes: 100,
    crashes: 0,
    createdAt: NOW - 62_000,
    updatedAt: NOW - 60_000,
    endedAt: NOW - 60_000,
    output: { pages: 3 },
    ...over,
  }
}

/** An agent for tests. */
export function agentView(name: string, description = ''): AgentView {
  return { name, description, release: '0123456789abcdef', input: {}, output: {}, limits: {}, session: 'enqueue' }
}
