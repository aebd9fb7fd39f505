import type { Command } from 'commander'
import type { Cli } from '../context.ts'
import { addEvalCompare } from './eval-compare.ts'
import { addEvalList } from './eval-list.ts'
import { addEvalRun } from './eval-run.ts'

/** Adds `polis eval` and what is below it; without the name of a command it is `polis eval run`. */
export function addEval(program: Command, cli: Cli): void {
  const group = program.command('eval').description('measure agents by the evals of the project, and compare releases')
  addEvalRun(group, cli)
  addEvalList(group, cli)
  addEvalCompare(group, cli)
}
