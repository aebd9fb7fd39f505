import type { Command } from 'commander'
import { chatOverPipes } from '../chat/piped-chat.ts'
import { chatAtTerminal } from '../chat/terminal-chat.ts'
import { type Cli, contextOf } from '../context.ts'

/** Adds `polis chat`. */
export function addChat(program: Command, cli: Cli): void {
  program
    .command('chat')
    .description('talk to an agent, message by message')
    .argument('<agent>', 'the agent’s name')
    .option('--session <id>', 'the session to go on in, or to begin (default: a new one)')
    .addHelpText('after', NOTES)
    .action(async (agent: string, { session }: { readonly session?: string }, command: Command) => {
      const context = contextOf(command, cli)
      await context.connected('execute', async (client, { hold }) => {
        const { stdin, stdout } = context.io
        const options = { client, context, agent, session }
        if (!stdin.isTTY || !stdout.isTTY || context.json) cli.exitCode = await chatOverPipes(options)
        else {
          hold()
          await chatAtTerminal(options)
        }
      })
    })
}

const NOTES = `
At a terminal, answers show as they come, and questions are asked there; /help lists the commands, Ctrl-C
interrupts an answer. Otherwise each line of standard input is a message, and answers alone are printed.`
