import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type BarGroup, barChart } from '../chart/bar-chart.ts'
import { describeMachine } from '../machine.ts'
import { markdownTable } from '../page.ts'
import { packagesOf } from '../peer/package-of.ts'
import type { Beside, BesideOptions } from './beside.ts'
import { HEAD, toCells } from './cells.ts'
import { isOurs, type Ranked } from './ranking.ts'

/** Writes the page and its chart; answers their paths. */
export function writePage(found: Beside, ranked: readonly Ranked[], options: BesideOptions): string[] {
  const folder = fileURLToPath(new URL('../../docs/benchmarks/', import.meta.url))
  mkdirSync(folder, { recursive: true })
  const page = `${folder}three-step.md`
  const chart = `${folder}three-step.svg`
  writeFileSync(page, toPage(found, ranked, options))
  writeFileSync(chart, barChart('Steps a second, 64 runs at once (logarithmic scale)', toGroups(ranked)))
  return [page, chart]
}

function toGroups(ranked: readonly Ranked[]): BarGroup[] {
  const titles = {
    A: 'Synced to disk before it is acknowledged (class A)',
    B: 'Acknowledged before the sync (class B)',
  }
  return (['B', 'A'] as const).map((durability) => ({
    title: titles[durability],
    bars: ranked
      .filter(({ rival, at64 }) => rival.durability === durability && !Number.isNaN(at64))
      .sort((left, right) => right.at64 - left.at64)
      .map((row) => ({
        label: row.rival.fsync === undefined ? row.rival.label : `${row.rival.label}, ${row.rival.shape}`,
        value: row.at64 * 3,
        text: (row.at64 * 3).toFixed(0),
        ours: isOurs(row.rival),
      })),
  }))
}

function toPage({ servers, series, skipped }: Beside, ranked: readonly Ranked[], { rounds }: BesideOptions): string {
  const peers = [...new Set(series.flatMap(({ rival }) => rival.peer ?? []))]
  const versions = peers.map((peer) => {
    return `- ${Object.entries(packagesOf(peer))
      .map(([name, version]) => `\`${name}\` ${version}`)
      .join(', ')}`
  })
  return `# Three steps, beside the peers

Written by \`npm run bench -- three-step --peers --write\` on ${new Date().toISOString().slice(0, 10)}; [how it is measured](README.md).

![Steps a second of each](three-step.svg)

${markdownTable({ head: HEAD, rows: ranked.map(toCells) })}

Medians of ${rounds} interleaved rounds. "ours at 64" is how many times as many steps agentpolis makes a second as this one, at the same class and in the same shape; who keeps its runs in a file of its own process is compared with our embedded store.

## Machine, settings, versions

- ${describeMachine()}
- Redis ${servers.redis}: \`appendonly yes\`, \`appendfsync\` as the row says, \`save ""\`, loopback
- PostgreSQL ${servers.postgres}: stock settings (\`fsync\` and \`synchronous_commit\` on), \`max_connections\` 200, loopback
${versions.join('\n')}
${skipped.map(({ rival, reason }) => `- left out: ${rival.label}: ${reason}`).join('\n')}`
    .trimEnd()
    .concat('\n')
}
