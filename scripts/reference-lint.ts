import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Rule } from '../src/manifest/lint/rule.ts'
import { RULES } from '../src/manifest/lint/rules.ts'

const ROOT = join(import.meta.dirname, '..')
const FOLDER = 'docs/reference/lint'
const ORIGIN = '<!-- Written by `node scripts/reference-lint.ts` from the rules in src/manifest/lint. Change those. -->'

/** The pages of the rules, by path from the root of the project: one that lists them, and one for each. */
export async function renderLintPages(): Promise<ReadonlyMap<string, string>> {
  const sorted = RULES.toSorted((one, other) => (one.id < other.id ? -1 : 1))
  const pages = await Promise.all(
    sorted.map(async (rule): Promise<[string, string]> => [`${FOLDER}/${rule.id}.md`, await renderPage(rule)]),
  )
  return new Map([['docs/reference/lint.md', renderList(sorted)], ...pages])
}

/** The paths of pages that differ from the rules, or that are of no rule. */
export async function findLintDrift(): Promise<readonly string[]> {
  const pages = await renderLintPages()
  const drifted: string[] = []
  for (const [path, text] of pages) {
    // A page that is missing has drifted as well.
    const found = await readFile(join(ROOT, path), 'utf8').catch(() => undefined)
    if (found !== text) drifted.push(path)
  }
  const present = await readdir(join(ROOT, FOLDER)).catch(() => [])
  return [...drifted, ...present.map((file) => `${FOLDER}/${file}`).filter((path) => !pages.has(path))]
}

function renderList(rules: readonly Rule[]): string {
  return `${[
    '# Rules of `polis lint`',
    ORIGIN,
    'An error is refused by a cluster or does not do what it says, and makes `polis lint` end with 1; a warning is a risk, and does so with `--strict`.',
    [
      '| Rule | Severity | What is wrong |',
      '| --- | --- | --- |',
      ...rules.map(
        ({ id, severity, title }) => `| [\`${id}\`](lint/${id}.md) | ${severity} | ${title.replaceAll('|', '\\|')} |`,
      ),
    ].join('\n'),
  ].join('\n\n')}\n`
}

async function renderPage(rule: Rule): Promise<string> {
  const { id, severity, title, explanation, source } = rule
  const [bad, good] = await Promise.all([exampleOf(id, 'bad'), exampleOf(id, 'good')])
  return `${[
    `# ${title}`,
    ORIGIN,
    `Rule \`${id}\`, ${severity === 'error' ? 'an error' : 'a warning'}. ${explanation}`,
    `Source: <${source}>`,
    '## Where it fires',
    'On the lines marked `<--`:',
    `\`\`\`yaml\n${bad}\`\`\``,
    '## Where it does not',
    `\`\`\`yaml\n${good}\`\`\``,
  ].join('\n\n')}\n`
}

async function exampleOf(id: string, name: string): Promise<string> {
  const text = await readFile(join(ROOT, 'src/manifest/lint/fixture', id, `${name}.yaml`), 'utf8')
  return text.replaceAll(/ *#!$/gm, ' # <--')
}

async function writePages(): Promise<void> {
  await rm(join(ROOT, FOLDER), { recursive: true, force: true })
  for (const [path, text] of await renderLintPages()) {
    await mkdir(dirname(join(ROOT, path)), { recursive: true })
    await writeFile(join(ROOT, path), text)
  }
}

if (import.meta.main) {
  if (process.argv.includes('--check')) {
    const drifted = await findLintDrift()
    for (const path of drifted) console.error(`${path} differs from the rules: run node scripts/reference-lint.ts`)
    process.exitCode = drifted.length === 0 ? 0 : 1
  } else {
    await writePages()
  }
}
