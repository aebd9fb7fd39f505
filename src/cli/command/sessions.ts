import type { Command } from 'commander'
import type { Cli } from '../context.ts'
import { addSessionsList } from './sessions-list.ts'
import { addSessionsRemove } from './sessions-remove.ts'
import { addSessionsRename } from './sessions-rename.ts'
import { addSessionsShow } from './sessions-show.ts'
import { addSessionsTag } from './sessions-tag.ts'

/** Adds `polis sessions` and the commands below it. */
export function addSessions(program: Command, cli: Cli): void {
  const sessions = program.command('sessions').description('look at conversations, and keep them in order')
  for (const add of COMMANDS) add(sessions, cli)
}

const COMMANDS: readonly ((sessions: Command, cli: Cli) => void)[] = [
  addSessionsList,
  addSessionsShow,
  addSessionsRename,
  addSessionsTag,
  addSessionsRemove,
]
