import { resolve } from 'node:path'
import type { Command } from 'commander'
import { type Cli, contextOf } from '../context.ts'
import { scaffold } from '../init/scaffold.ts'
import { quoteWord } from '../terminal/quote-word.ts'

/** Adds `polis init`. */
export function addInit(program: Command, cli: Cli, version: string): void {
  program
    .command('init')
    .description('write a small project: two agents, their tests, an eval and a configuration; nothing is overwritten')
    .argument('[dir]', 'where (default: --dir, or the current directory)')
    .action(async (given: string | undefined, _options: object, command: Command) => {
      const context = contextOf(command, cli)
      const dir = resolve(context.dir, given ?? '.')
      const { written, kept } = await scaffold(dir, version)
      if (context.json) return context.document({ dir, written, kept })
      const { style } = context
      context.print(
        ...written.map((file) => `${style.green('+')} ${file}`),
        ...kept.map((file) => `${style.dim(`= ${file} (was there, and is as it was)`)}`),
      )
      const steps = [...(dir === context.io.cwd ? [] : [`cd ${quoteWord(given ?? dir)}`]), ...NEXT]
      context.print('', 'Next:', ...steps.map((step) => `  ${style.cyan(step)}`))
    })
}

const NEXT = [
  'npm install',
  'npm test',
  `npx polis run assistant --input 'What is the weather in Lisbon?' --follow`,
  'npx polis dev',
]
