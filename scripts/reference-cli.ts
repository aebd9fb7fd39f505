import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Argument, Command, Option } from 'commander'
import { describeProgram } from '../src/cli/describe-program.ts'
import { ALL_EXIT_CODES } from '../src/cli/exit-code.ts'

const PATH = join(import.meta.dirname, '..', 'docs/reference/cli.md')

/** The reference page of the command line, from the commands themselves. */
export function renderCli(): string {
  const program = describeProgram()
  return `${[
    '# Command line',
    '<!-- Written by `node scripts/reference-cli.ts` from the commands in src/cli. Change those. -->',
    program.description(),
    'Without `--url` a command opens the store of the project in `--dir` itself, also beside a server that uses the same store. Only `polis run`, `polis dev` and `polis serve` execute runs.',
    '## Options of every command',
    program.options.map(renderOption).join('\n'),
    ...commandsOf(program).flatMap(renderCommand),
    '## Output',
    'People get text on standard output, and hints and errors on standard error. With `--json`, standard output has one JSON document, or for `--follow` one JSON object a line: an entry or transient event with its `run`, at last `{"kind":"end"}` with the run as `data`. Errors are then one line of JSON on standard error: `{"error":{"code","message","details","advice"}}`.',
    'Colours and the redrawn tree are for terminals. `NO_COLOR` turns colours off, `FORCE_COLOR` turns them on. `POLIS_DEBUG=1` adds stacks to errors. What a run says is shown with control characters escaped.',
    '## Exit codes',
    [
      '| Exit | Meaning |',
      '| --- | --- |',
      ...Object.entries(ALL_EXIT_CODES).map(([code, meaning]) => `| ${code} | ${meaning} |`),
    ].join('\n'),
    'The code of an error decides: see [errors](errors.md). A command that waits for a run ends with 0 when it completed and with 1 when it failed, was cancelled, diverged or is dead.',
  ].join('\n\n')}\n`
}

/** A command's name with those above it: `polis runs list`. */
export function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`
}

/** All commands below a program that do something, depth first. */
export function commandsOf(program: Command): readonly Command[] {
  return program.commands.flatMap((command) => (command.commands.length === 0 ? [command] : commandsOf(command)))
}

function renderCommand(command: Command): string[] {
  const words = command.registeredArguments.map((it) => (it.required ? `<${it.name()}>` : `[${it.name()}]`))
  const alias = command.alias()
  const lines = [...command.registeredArguments.map(renderArgument), ...command.options.map(renderOption)]
  return [
    `## \`${[fullName(command), ...words].join(' ')}\``,
    `${capitalise(command.description())}.${alias === undefined ? '' : ` Also \`${alias}\`.`}`,
    ...(lines.length === 0 ? [] : [lines.join('\n')]),
  ]
}

function renderArgument(argument: Argument): string {
  return `- \`${argument.name()}\`: ${argument.description}`
}

function renderOption({ flags, description, argChoices, defaultValue }: Option): string {
  const choices = argChoices === undefined ? '' : ` (${argChoices.map((it) => `\`${it}\``).join(', ')})`
  const byDefault = defaultValue === undefined ? '' : ` (default: \`${String(defaultValue)}\`)`
  return `- \`${flags}\`: ${description}${choices}${byDefault}`
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

if (import.meta.main) {
  if (!process.argv.includes('--check')) await writeFile(PATH, renderCli())
  else if ((await readFile(PATH, 'utf8').catch(() => '')) !== renderCli()) {
    console.error('docs/reference/cli.md differs from the commands: run node scripts/reference-cli.ts')
    process.exitCode = 1
  }
}
