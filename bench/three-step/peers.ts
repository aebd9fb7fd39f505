import { printTable } from '../child.ts'
import { type Beside, type BesideOptions, measureBeside } from './beside.ts'
import { HEAD, toCells } from './cells.ts'
import { writePage } from './page.ts'
import { rank } from './ranking.ts'

/** The workload on Redis beside everything else that runs it durably; with `write`, the page and the chart of it too. */
export async function peers(options: BesideOptions & { readonly write: boolean }): Promise<void> {
  const found = await measureBeside(options)
  const ranked = rank(found.series)
  console.log()
  printTable(HEAD, ranked.map(toCells))
  printSkipped(found)
  if (options.write) console.log(`\nwritten: ${writePage(found, ranked, options).join(', ')}`)
}

function printSkipped({ skipped }: Beside): void {
  for (const { rival, reason } of skipped) console.log(`\nLEFT OUT: ${rival.label} (${rival.key}): ${reason}`)
}
