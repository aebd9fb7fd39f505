import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { LintOptions, LintResult } from '../../manifest/lint/lint.ts'
import type { Rule } from '../../manifest/lint/rule.ts'
import type { SourceFile } from '../../manifest/lint/source.ts'
import { type Cli, type Context, contextOf } from '../context.ts'
import { writeOut } from '../write-out.ts'

interface LintFlags {
  readonly env?: string
  readonly sarif?: string
  readonly fix?: boolean
  readonly rule?: readonly string[]
  readonly source?: readonly string[]
  readonly strict?: boolean
}

/** Adds `polis lint`. */
export function addLint(program: Command, cli: Cli, version: string): void {
  const collect = (value: string, before: readonly string[] = []) => [...before, value]
  program
    .command('lint')
    .description(
      "look for what is wrong in manifests and Prometheus rules, the project's own or anyone's; ends with 1 where there is an error",
    )
    .argument('[paths...]', "files and folders, or - for standard input (default: the project's own manifests)")
    .option('-e, --env <environment>', "environment of the project's deployment (default: its base)")
    .option('--sarif <file>', 'write the findings to this file as SARIF 2.1.0')
    .option('--fix', 'change the files where that is safe; comments stay')
    .option('--rule <id>', 'only this rule; may be given again', collect)
    .option('--source <dir>', 'source of an application whose metrics the rules may name; may be given again', collect)
    .option('--strict', 'end with 1 where there is a warning')
    .action(async (paths: string[], flags: LintFlags, command: Command) => {
      cli.exitCode = await lintAll(cli, contextOf(command, cli), paths, flags, version)
    })
}

async function lintAll(
  cli: Cli,
  context: Context,
  paths: readonly string[],
  flags: LintFlags,
  version: string,
): Promise<number> {
  // Loaded here: the schemas are large, and no other command needs them.
  const { chooseRules } = await import('../lint/choose-rules.ts')
  const { lint } = await import('../../manifest/lint/lint.ts')
  const rules = chooseRules(flags.rule)
  const { files, options } = await gather(cli, context, paths, flags)
  let result = lint(files, { ...options, rules })
  if (flags.fix === true) {
    const fixed = await fix(context, result, paths)
    result = lint(
      files.map((file) => fixed.get(file.name) ?? file),
      { ...options, rules },
    )
  }
  await report(context, result, rules, flags, version)
  const fails = ({ severity }: LintResult['reports'][number]) => severity === 'error' || flags.strict === true
  return result.reports.some(fails) ? 1 : 0
}

async function gather(
  cli: Cli,
  context: Context,
  paths: readonly string[],
  flags: LintFlags,
): Promise<{ readonly files: readonly SourceFile[]; readonly options: LintOptions }> {
  const { createSurroundings } = await import('../lint/surroundings.ts')
  const sources = (flags.source ?? []).map((dir) => resolve(context.io.cwd, dir))
  const around = { sources, cwd: context.io.cwd, now: new Date(context.io.clock.now()) }
  if (paths.length > 0) {
    const { readSources } = await import('../lint/read-sources.ts')
    const { files, templates } = await readSources(paths, context.io)
    for (const folder of templates) {
      context.note(`warning: ${folder} is a chart: lint what it makes, 'helm template ${folder} | polis lint -'`)
    }
    return { files, options: await createSurroundings({ ...around, own: false }) }
  }
  const { planSources } = await import('../../manifest/lint/plan-sources.ts')
  const plan = await cli.ports.plan({ dir: context.dir, environment: flags.env, image: undefined })
  const { files, ...known } = planSources(plan)
  return { files, options: { ...(await createSurroundings({ ...around, own: true })), ...known } }
}

async function fix(
  context: Context,
  result: LintResult,
  paths: readonly string[],
): Promise<ReadonlyMap<string, SourceFile>> {
  const { fixFiles } = await import('../../manifest/lint/fix.ts')
  // What is rendered, or came through a pipe, is no file that could be changed.
  const fixed = paths.length === 0 ? [] : fixFiles(result.reports).filter(({ file }) => file !== '<stdin>')
  for (const { file, text, fixes } of fixed) {
    await writeOut(resolve(context.io.cwd, file), text, '--fix')
    context.note(`${file}: ${fixes} fixed`)
  }
  return new Map(fixed.map(({ file, text }) => [file, { name: file, text }]))
}

async function report(
  context: Context,
  result: LintResult,
  rules: readonly Rule[],
  { sarif }: LintFlags,
  version: string,
): Promise<void> {
  if (sarif !== undefined) {
    const { toSarif } = await import('../../manifest/lint/report/sarif.ts')
    const text = `${JSON.stringify(toSarif(result, rules, version), null, 2)}\n`
    await writeOut(resolve(context.io.cwd, sarif), text, '--sarif')
  }
  const { showReports } = await import('../lint/show-reports.ts')
  const { reports, objects, suppressed } = result
  if (context.json) {
    context.document({ objects, suppressed, findings: reports.map(({ subject: _, ...shown }) => shown) })
  }
  context.print(...showReports(result, rules, context.style))
}
