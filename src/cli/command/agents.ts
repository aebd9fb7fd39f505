import type { Command } from 'commander'
import type { AgentView } from '../../core/route/wire.ts'
import { type Cli, contextOf } from '../context.ts'
import { type Column, renderTable } from '../terminal/table.ts'

/** Adds `polis agents`. */
export function addAgents(program: Command, cli: Cli): void {
  program
    .command('agents')
    .description('list the agents; --json has the schemas of their inputs and outputs')
    .action(async (_options: object, command: Command) => {
      const context = contextOf(command, cli)
      const items = await context.connected('agents', (client) => client.agents.list())
      if (context.json) return context.document({ items })
      if (items.length === 0) return context.note('No agents: each file in agents/ defines one')
      context.print(...renderTable(COLUMNS, items, context.style, context.width))
    })
}

const COLUMNS: readonly Column<AgentView>[] = [
  { title: 'AGENT', value: (agent) => agent.name },
  { title: 'RELEASE', value: (agent) => agent.release.slice(0, 12) },
  { title: 'DESCRIPTION', value: (agent) => agent.description, flexible: true },
]
