import type { Command } from 'commander'
import type { ScheduleView } from '../../core/route/wire.ts'
import { type Cli, type Context, contextOf } from '../context.ts'
import { showTime } from '../show-run.ts'
import { type Column, renderTable } from '../terminal/table.ts'

/** Adds `polis schedules`, which lists them, and `polis schedules remove`. */
export function addSchedules(program: Command, cli: Cli): void {
  const schedules = program.command('schedules').description('list the schedules, or remove one')
  schedules
    .command('list', { isDefault: true })
    .alias('ls')
    .description('list the schedules and when they are due next')
    .action(async (_options: object, command: Command) => {
      await list(contextOf(command, cli))
    })
  schedules
    .command('remove')
    .alias('rm')
    .description('remove a schedule; one of polis.config.ts comes back with the next start')
    .argument('<name>', 'the schedule’s name')
    .action(async (name: string, _options: object, command: Command) => {
      const context = contextOf(command, cli)
      await context.connected('look', (client) => client.schedules.remove(name))
      if (context.json) return context.document({ name, removed: true })
      context.print(`${name}  removed`)
    })
}

async function list(context: Context): Promise<void> {
  const items = await context.connected('look', (client) => client.schedules.list())
  if (context.json) return context.document({ items })
  if (items.length === 0) return context.note('No schedules: polis.config.ts declares them under schedules')
  context.print(...renderTable(COLUMNS, items, context.style, context.width))
}

const COLUMNS: readonly Column<ScheduleView>[] = [
  { title: 'SCHEDULE', value: (schedule) => schedule.name },
  { title: 'AGENT', value: (schedule) => schedule.agent, flexible: true },
  { title: 'CRON', value: (schedule) => schedule.cron },
  { title: 'ZONE', value: (schedule) => schedule.timeZone },
  { title: 'NEXT', value: (schedule) => showNext(schedule) },
  { title: 'FROM', value: (schedule) => schedule.source },
]

function showNext({ paused, nextAt }: ScheduleView): string {
  if (paused) return 'paused'
  return nextAt === undefined ? 'never' : showTime(nextAt)
}
