import type { Command } from 'commander'
import type { Cli } from '../context.ts'
import { addRunsAnswer } from './runs-answer.ts'
import { addRunsCancel } from './runs-cancel.ts'
import { addRunsFork } from './runs-fork.ts'
import { addRunsList } from './runs-list.ts'
import { addRunsPause } from './runs-pause.ts'
import { addRunsRemove } from './runs-remove.ts'
import { addRunsResume } from './runs-resume.ts'
import { addRunsRetry } from './runs-retry.ts'
import { addRunsSend } from './runs-send.ts'
import { addRunsShow } from './runs-show.ts'

/** Adds `polis runs` and the commands below it. */
export function addRuns(program: Command, cli: Cli): void {
  const runs = program.command('runs').description('look at runs, and act on them')
  for (const add of COMMANDS) add(runs, cli)
}

const COMMANDS: readonly ((runs: Command, cli: Cli) => void)[] = [
  addRunsList,
  addRunsShow,
  addRunsCancel,
  addRunsPause,
  addRunsResume,
  addRunsFork,
  addRunsRetry,
  addRunsAnswer,
  addRunsSend,
  addRunsRemove,
]
