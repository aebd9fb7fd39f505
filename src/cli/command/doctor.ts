import type { Command } from 'commander'
import { redact } from '../../core/secret.ts'
import { type Cli, type Context, contextOf } from '../context.ts'
import type { Check } from '../doctor/check.ts'
import type { Ports } from '../ports.ts'
import { escapeText } from '../terminal/escape.ts'
import type { Style } from '../terminal/style.ts'
import { pad } from '../terminal/width.ts'

/** Adds `polis doctor`. */
export function addDoctor(program: Command, cli: Cli): void {
  program
    .command('doctor')
    .description(
      'check the machine, the project, the store, the keys of models, every MCP server and the ports, with advice',
    )
    .option('--online', 'ask the providers of models whether they answer and take the keys; no model is called')
    .action(async ({ online = false }: { readonly online?: boolean }, command: Command) => {
      cli.exitCode = await examine(contextOf(command, cli), cli.ports, online)
    })
}

async function examine(context: Context, ports: Ports, online: boolean): Promise<number> {
  const checks: Check[] = []
  for await (const found of ports.diagnose({ dir: context.dir, env: context.io.env, online })) {
    // What servers and providers said may hold anything; a redacted check is a check.
    const check = redact(found) as Check
    const last = checks.at(-1)
    if (last !== undefined && last.area !== check.area) context.print('')
    checks.push(check)
    context.print(...checkLines(check, context.style))
  }
  const count = (status: Check['status']) => checks.filter((check) => check.status === status).length
  const [ok, warnings, failures] = [count('ok'), count('warn'), count('fail')]
  if (context.json) context.document({ ok, warnings, failures, checks })
  context.print('', `${ok} ok, ${warnings} to look at, ${failures} failed`)
  return failures === 0 ? 0 : 1
}

function checkLines({ status, name, detail, advice }: Check, style: Style): readonly string[] {
  const symbol = { ok: style.green('✓'), warn: style.yellow('!'), fail: style.red('✗') }[status]
  const line = `${symbol} ${pad(status, 4)}  ${style.bold(escapeText(name))}  ${escapeText(detail)}`
  return advice === undefined ? [line] : [line, `        ${style.cyan('→')} ${escapeText(advice)}`]
}
