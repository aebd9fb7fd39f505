/** Runs this example to its end and shows the report: `node scripts/setup.mjs examples/repository-report/start.ts [--once] [--ask]`. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { showExample } from '../../scripts/show-example.ts'

await showExample(
  {
    dir: import.meta.dirname,
    agent: 'repository-report',
    input: {},
    answer: () => ({ approve: true, comment: 'approved by start.ts' }),
    show: showReport,
    tries: ['polis runs list', 'polis run repository-report --follow                # answer it right there'],
  },
  process.argv.slice(2),
)

async function showReport(output: unknown): Promise<readonly string[]> {
  const { published, mistakes } = output as { published: boolean; mistakes: string[] } // As the agent's schema says.
  if (!published) return ['The report was not approved, so nothing was written.']
  const report = await readFile(join(import.meta.dirname, '.polis/reports/report.md'), 'utf8')
  const checked = mistakes.length === 0 ? 'the second agent found no mistake in it' : `mistakes: ${mistakes.join('; ')}`
  return [`Published to examples/repository-report/.polis/reports/report.md (${checked}):`, '', report]
}
