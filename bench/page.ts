import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describeMachine } from './machine.ts'

/** A table of a page. */
export interface PageTable {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** Writes `docs/benchmarks/NAME.md`: paragraphs and tables, under a title, with the command that wrote it and the machine. */
export function writeReport(
  name: string,
  title: string,
  command: string,
  parts: readonly (string | PageTable)[],
): void {
  const body = parts.map((part) => (typeof part === 'string' ? part : markdownTable(part))).join('\n\n')
  const written = `Written by \`npm run bench -- ${command} --write\` on ${new Date().toISOString().slice(0, 10)}; [how it is measured](README.md).`
  const folder = fileURLToPath(new URL('../docs/benchmarks/', import.meta.url))
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}${name}.md`, `# ${title}\n\n${written}\n\n${body}\n\nMachine: ${describeMachine()}.\n`)
  console.log(`\nwritten: docs/benchmarks/${name}.md`)
}

/** A table in Markdown; all columns but the first are numbers. */
export function markdownTable({ head, rows }: PageTable): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, at) => (at === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n')
}
