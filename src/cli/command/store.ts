import type { Command } from 'commander'
import type { Cli } from '../context.ts'
import { addStoreExport } from './store-export.ts'
import { addStoreImport } from './store-import.ts'
import { addStorePause } from './store-pause.ts'
import { addStoreResume } from './store-resume.ts'
import { addStoreStats } from './store-stats.ts'

/** Adds `polis store` and the commands below it. */
export function addStore(program: Command, cli: Cli): void {
  const store = program
    .command('store')
    .description('back up, move, pause, resume and measure the store of the project')
  for (const add of COMMANDS) add(store, cli)
}

const COMMANDS: readonly ((store: Command, cli: Cli) => void)[] = [
  addStoreExport,
  addStoreImport,
  addStorePause,
  addStoreResume,
  addStoreStats,
]
