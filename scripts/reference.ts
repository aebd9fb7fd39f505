import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { environmentSchema } from '../src/core/deployment/schema.ts'
import { ERRORS } from '../src/core/error.ts'
import { type ErrorRow, EXIT_CODES, GRPC_NUMBER } from '../src/core/error-code.ts'
import { describeSetting, type Setting } from '../src/core/setting.ts'
import { DEV_DEFAULTS, environmentName, OLD_SETTINGS, SETTINGS } from '../src/core/settings.ts'
import { METRICS, type Metric } from '../src/telemetry/metric.ts'

const ROOT = join(import.meta.dirname, '..')

/** The reference pages that follow from the tables, by path from the root of the project. */
export function renderReference(): ReadonlyMap<string, string> {
  return new Map([
    ['docs/reference/settings.md', renderSettings()],
    ['docs/reference/metrics.md', renderMetrics()],
    ['docs/reference/errors.md', renderErrors()],
    ['docs/reference/deployment.md', renderDeployment()],
  ])
}

/** The paths of the pages that differ from what the tables say. */
export async function findDrift(): Promise<readonly string[]> {
  const drifted: string[] = []
  for (const [path, text] of renderReference()) {
    // A page that is missing has drifted as well.
    const found = await readFile(join(ROOT, path), 'utf8').catch(() => undefined)
    if (found !== text) drifted.push(path)
  }
  return drifted
}

async function writeReference(): Promise<void> {
  for (const [path, text] of renderReference()) {
    await mkdir(dirname(join(ROOT, path)), { recursive: true })
    await writeFile(join(ROOT, path), text)
  }
}

/** What a JSON Schema says of one option. */
interface OptionSchema {
  readonly description?: string
  readonly type?: string
  readonly default?: unknown
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, OptionSchema>>
  readonly items?: OptionSchema
  readonly additionalProperties?: OptionSchema | boolean
  readonly oneOf?: readonly OptionSchema[]
  readonly anyOf?: readonly OptionSchema[]
}

function renderDeployment(): string {
  const { properties = {} } = z.toJSONSchema(environmentSchema, { io: 'input', unrepresentable: 'any' }) as OptionSchema
  return page('Deployment', [
    'What `deployment` in `polis.config.ts` may say. Every option may be left out. `deployment.environments` has environments by name (`staging`, `production`), each of which may say all of this again: objects merge, lists and values replace. [Deploying](../guide/deploying.md) tells what comes of them.',
    ...Object.entries(properties).map(([name, option]) => `## ${name}\n\n${renderOption(name, option)}`),
  ])
}

function renderOption(name: string, option: OptionSchema): string {
  const rows = optionsBelow(name, option).map(
    ([path, below]) => `| \`${path}\` | ${accepts(below)} | ${fallback(below)} | ${about(below)} |`,
  )
  const table = rows.length === 0 ? [] : ['', '| option | accepts | default | |', '|---|---|---|---|', ...rows]
  const own =
    rows.length === 0
      ? [
          `${about(option)} Accepts ${accepts(option)}${fallback(option) === '' ? '' : `; default ${fallback(option)}`}.`,
        ]
      : [about(option)]
  return [...own, ...table].join('\n')
}

function optionsBelow(path: string, option: OptionSchema): readonly (readonly [string, OptionSchema])[] {
  const kinds = (option.oneOf ?? []).flatMap((kind) => {
    const name = String(kind.properties?.kind?.const ?? '')
    return Object.entries(kind.properties ?? {})
      .filter(([key]) => key !== 'kind')
      .flatMap(([key, below]) => withBelow(`${path}.${key}`, below).map(([at, of]) => [`${at} (${name})`, of] as const))
  })
  const named =
    typeof option.additionalProperties === 'object' ? optionsBelow(`${path}.<name>`, option.additionalProperties) : []
  const listed = option.items === undefined ? [] : optionsBelow(`${path}[]`, option.items)
  const own = Object.entries(option.properties ?? {}).flatMap(([key, below]) => withBelow(`${path}.${key}`, below))
  return [...own, ...kinds, ...named, ...listed]
}

function withBelow(path: string, option: OptionSchema): readonly (readonly [string, OptionSchema])[] {
  const below = optionsBelow(path, option)
  return below.length === 0 ? [[path, option]] : below
}

function accepts(option: OptionSchema): string {
  if (option.enum !== undefined) return option.enum.map((value) => code(value)).join(', ')
  if (option.const !== undefined) return code(option.const)
  const either = option.anyOf ?? option.oneOf
  if (either !== undefined) return [...new Set(either.map(accepts))].join(' or ')
  if (option.type === 'array')
    return `a list of ${option.items?.type === 'object' ? 'objects' : `${option.items?.type ?? 'value'}s`}`
  if (option.type === 'object') return 'an object'
  return option.type ?? 'any value'
}

function fallback({ default: value }: OptionSchema): string {
  return value === undefined || (typeof value === 'object' && Object.keys(Object(value)).length === 0)
    ? ''
    : code(JSON.stringify(value))
}

function about({ description = '' }: OptionSchema): string {
  return description.replaceAll('|', '\\|')
}

function renderSettings(): string {
  const rows = Object.entries<Setting>(SETTINGS)
  const groups = Map.groupBy(rows, ([key]) => key.split('.', 1)[0] ?? key)
  const dev = Object.entries(DEV_DEFAULTS).map(([key, value]) => `\`${key}\` is ${code(value)}`)
  const old = Object.entries(OLD_SETTINGS).map(([before, now]) => `\`${before}\` is now \`${now}\`.`)
  return page('Settings', [
    'Each setting has a dotted name. Later sources win: the default, `settings` in `polis.config.ts`, the environment variable, the command line.',
    'The environment variable is `POLIS_`, then the name in capitals with underscores for dots. A time also takes a text such as `90s` or `2m`. Lists are separated by commas in an environment variable. A name that does not exist is an error in the project and on the command line, and a warning in the environment.',
    `\`polis dev\` has other defaults: ${dev.join(', ')}.`,
    ...[...groups].flatMap(([group, members]) => [`## ${group}`, members.map(renderSetting).join('\n\n')]),
    '## Old names',
    `Accepted with a warning: ${old.join(' ')}`,
  ])
}

function renderSetting([key, setting]: readonly [string, Setting]): string {
  const inert = setting.inert === undefined ? '' : ` **Does nothing yet:** ${setting.inert}.`
  return [
    `### \`${key}\``,
    '',
    `${setting.doc}${inert}`,
    '',
    `- Environment: \`${environmentName(key)}\``,
    `- Value: ${describeSetting(setting).replaceAll("'", '`')}`,
    `- Default: ${setting.default === undefined ? 'none' : code(setting.default)}`,
  ].join('\n')
}

function renderMetrics(): string {
  const rows = Object.entries<Metric>(METRICS).map(([name, { type, labels, unit, doc }]) => [
    code(name),
    type,
    labels.map(code).join(', '),
    unit ?? '',
    doc,
  ])
  return page('Metrics', [
    'Served at `/metrics` on the port of `prometheus.port`, in the text format of Prometheus.',
    'Labels are bounded: no user, session, run or raw path is ever a label. A value outside the closed list of its label, or beyond the first 200 values of an open one, is reported as `other`.',
    table(['Metric', 'Type', 'Labels', 'Unit', 'Meaning'], rows),
    '## Closed labels',
    table(['Metric', 'Label', 'Values'], closedLabels()),
    '## Buckets',
    table(['Histogram', 'Upper bounds'], bucketRows()),
  ])
}

function closedLabels(): string[][] {
  return Object.entries<Metric>(METRICS).flatMap(([name, { closed = {} }]) =>
    Object.entries(closed).map(([label, values]) => [
      code(name),
      code(label),
      label === 'error_type' ? 'the [error codes](errors.md)' : values.map(code).join(', '),
    ]),
  )
}

function bucketRows(): string[][] {
  return Object.entries<Metric>(METRICS)
    .filter(([, { buckets }]) => buckets !== undefined)
    .map(([name, { buckets = [] }]) => [code(name), buckets.join(', ')])
}

function renderErrors(): string {
  const rows = Object.entries<ErrorRow>(ERRORS).map(([name, row]) => [
    code(name),
    row.title,
    `${row.status}`,
    `${row.grpc} (${GRPC_NUMBER[row.grpc]})`,
    `${row.jsonRpc}`,
    `${row.exit}`,
    row.retryable ? 'yes' : 'no',
  ])
  return page('Errors', [
    'Every error carries one of these codes: in `code` of a problem+json response, in journals, logs and metrics. The list is closed. "Retry" says whether the same request may succeed later, unchanged, unless the error itself says otherwise.',
    table(['Code', 'Meaning', 'HTTP', 'gRPC', 'JSON-RPC', 'Exit', 'Retry'], rows),
    '## Exit codes',
    table(['Exit', 'Meaning'], Object.entries(EXIT_CODES)),
  ])
}

function page(title: string, parts: readonly string[]): string {
  const origin = '<!-- Written by `node scripts/reference.ts` from the tables in src/. Change those. -->'
  return `${[`# ${title}`, origin, ...parts].join('\n\n')}\n`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function code(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'empty' : value.map(code).join(', ')
  return `\`${String(value)}\``
}

if (import.meta.main) {
  if (process.argv.includes('--check')) {
    const drifted = await findDrift()
    for (const path of drifted) console.error(`${path} differs from the tables: run node scripts/reference.ts`)
    process.exitCode = drifted.length === 0 ? 0 : 1
  } else {
    await writeReference()
  }
}
