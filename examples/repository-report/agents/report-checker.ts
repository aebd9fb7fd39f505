import { defineAgent } from 'agentpolis'
import { z } from 'zod'
import { factsOf, type Totals, totalsOf } from '../facts.ts'
import { readReport } from '../report.ts'

/** Trusts nobody: reads the report that was written, counts the files that it names again, and compares. */
export default defineAgent({
  name: 'report-checker',
  description: 'Checks the figures of a published report against the files.',
  input: z.object({ file: z.string(), folder: z.string() }),
  output: z.object({ mistakes: z.array(z.string()) }),
  async run(context, { file, folder }) {
    const written = await context.tool('files', 'read_text_file', { path: file })
    const { totals, files } = readReport(written.text)
    const facts = await context.all(
      files.map((path) => async (branch) => {
        const { text } = await branch.tool('files', 'read_text_file', { path: `${folder}/${path}` })
        return factsOf(path, text)
      }),
    )
    return { mistakes: differences(totals, totalsOf(facts)) }
  },
})

function differences(reported: Totals, counted: Totals): string[] {
  const figures = ['files', 'lines', 'words', 'todos'] as const
  return figures
    .filter((figure) => reported[figure] !== counted[figure])
    .map((figure) => `${figure}: the report says ${reported[figure]}, the files say ${counted[figure]}`)
}
