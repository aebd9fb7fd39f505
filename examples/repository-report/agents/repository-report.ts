import { defineAgent } from 'agentpolis'
import { z } from 'zod'
import { factsOf, pathsIn, totalsOf } from '../facts.ts'
import { composeReport } from '../report.ts'
import reportChecker from './report-checker.ts'

/** Reads a folder, reports on it, and has the report checked. Paths are as the file server sees them. */
export default defineAgent({
  name: 'repository-report',
  description: 'Reports on a folder of files, once a human approves the report.',
  input: z.object({
    folder: z.string().default('.'),
    file: z.string().default('../.polis/reports/report.md'),
  }),
  output: z.object({
    published: z.boolean(),
    file: z.string().optional(),
    comment: z.string().optional(),
    totals: z.object({ files: z.number(), lines: z.number(), words: z.number(), todos: z.number() }),
    mistakes: z.array(z.string()),
  }),
  async run(context, { folder, file }) {
    const tree = await context.tool('files', 'directory_tree', { path: folder })

    // Every file in a branch of its own: all are read at once.
    const facts = await context.all(
      pathsIn(tree.text).map((path) => async (branch) => {
        const { text } = await branch.tool('files', 'read_text_file', { path: `${folder}/${path}` })
        return factsOf(path, text)
      }),
    )

    // Counting and composing depend on nothing else than what was read, so they need no step.
    const totals = totalsOf(facts)
    const report = composeReport(facts)

    // The run waits here, for seconds or for months, without holding memory.
    const { approve, comment } = await context.ask(
      'Publish this report?',
      z.object({ approve: z.boolean(), comment: z.string().optional() }),
      { name: 'approval', about: report },
    )
    if (!approve) return { published: false, comment, totals, mistakes: [] }

    await context.tool('files', 'write_file', { path: file, content: report })
    const { mistakes } = await context.call(reportChecker, { file, folder })
    return { published: true, file, comment, totals, mistakes }
  },
})
