import { randomBytes } from 'node:crypto'
import { appendFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { createApiKey } from '../../core/api-key.ts'
import { PolisError } from '../../core/error.ts'
import { DEFAULT_TENANT, isTenant } from '../../core/name.ts'
import { SCOPES, type Scope } from '../../core/route/operation.ts'
import { type Cli, type Context, contextOf } from '../context.ts'
import { collect } from '../parse-option.ts'
import { notWritten } from '../write-out.ts'

interface KeyOptions {
  readonly id: string
  readonly tenant: string
  readonly scope?: readonly string[]
  readonly file?: string
}

/** Adds `polis keys create`. */
export function addKeys(program: Command, cli: Cli): void {
  const keys = program.command('keys').description('make API keys')
  keys
    .command('create')
    .description('make an API key: prints it once, and the record that lets a server recognise it')
    .requiredOption('--id <id>', 'who it is for; journals name it as who did something')
    .addOption(new Option('--tenant <tenant>', 'whose runs it may touch').default(DEFAULT_TENANT))
    .option(
      '--scope <scope>',
      `what it allows; may be repeated (${SCOPES.join(', ')}; default: the runs: ones)`,
      collect,
    )
    .option('--file <file>', 'add the record to this file, which the setting auth.api_keys_file names')
    .action(async (options: KeyOptions, command: Command) => {
      await create(options, contextOf(command, cli))
    })
}

async function create({ id, tenant, scope, file }: KeyOptions, context: Context): Promise<void> {
  if (!isTenant(tenant))
    throw new PolisError(
      'INVALID_ARGUMENT',
      `--tenant: expected letters, digits, hyphens or underscores, got '${tenant}'`,
    )
  if (id.length > 100 || id.trim() === '')
    throw new PolisError('INVALID_ARGUMENT', '--id: expected 1 to 100 characters')
  const scopes = scope?.map(parseScope) ?? SCOPES.filter((name) => name.startsWith('runs:'))
  const { key, record } = createApiKey({ id, tenant, scopes, secret: randomBytes(32) })
  if (file !== undefined) await appendRecord(resolve(context.io.cwd, file), JSON.stringify(record))
  if (context.json) return context.document({ key, record })
  context.print(key)
  context.note('', 'This is the only time that the key shows. Clients give it as POLIS_API_KEY.')
  if (file !== undefined)
    return context.note(`Its record was added to ${file}; the setting auth.api_keys_file must name that file.`)
  context.note(
    'Its record, for the file that the setting auth.api_keys_file names (one a line):',
    JSON.stringify(record),
  )
}

function parseScope(given: string): Scope {
  const found = SCOPES.find((name) => name === given)
  if (found !== undefined) return found
  throw new PolisError('INVALID_ARGUMENT', `--scope: expected one of ${SCOPES.join(', ')}; got '${given}'`)
}

async function appendRecord(file: string, line: string): Promise<void> {
  try {
    await appendFile(file, `${line}\n`, { mode: 0o600 })
  } catch (cause) {
    throw notWritten(file, '--file', cause)
  }
}
