import type { Command } from 'commander'
import type { Archive, ArchiveUsage } from '../../store/archive.ts'
import type { StoreUsage } from '../../store/usage.ts'
import { type Cli, type Context, contextOf } from '../context.ts'
import { useStore } from '../store/use-store.ts'
import { formatBytes } from '../terminal/format-bytes.ts'
import { type Column, renderTable } from '../terminal/table.ts'

/** Adds `polis store stats`. */
export function addStoreStats(store: Command, cli: Cli): void {
  store
    .command('stats')
    .description('show what the store takes: runs by status, and the bytes of each part; and what the archive holds')
    .action(async (_options: object, command: Command) => {
      const context = contextOf(command, cli)
      await useStore(context, cli.ports, async ({ name, archive, ...open }) => {
        const usage = await open.usage()
        show({ name, usage, archive: archive.name, archived: await archive.usage() }, context)
      })
    })
}

interface Stats {
  readonly name: string
  readonly usage: StoreUsage
  readonly archive: Archive['name']
  readonly archived: ArchiveUsage
}

function show({ name, usage, archive, archived }: Stats, context: Context): void {
  const { parts, runs, kind, used, most, estimated } = usage
  const fill = most === undefined ? {} : { most, fill: used / most }
  if (context.json) {
    const held = archive === 'none' ? {} : { archive: { name: archive, ...archived } }
    return context.document({ store: name, kind, used, ...fill, estimated, parts, runs, ...held })
  }
  const bound = most === undefined ? '' : ` of ${formatBytes(most)} (${Math.round((used / most) * 100)} %)`
  context.print(`${name}: ${formatBytes(used)} of ${kind}${bound}`, '')
  const total = parts.reduce((sum, { bytes }) => sum + bytes, 0)
  context.print(...renderTable(columnsOf(total, estimated), parts, context.style, context.width))
  if (runs.length > 0) context.print('', runs.map(({ status, count }) => `${count} ${status}`).join(', '))
  if (archive !== 'none') context.print('', archiveLine(archive, archived))
  if (estimated) context.note('Bytes are estimated from a sample')
}

function columnsOf(total: number, estimated: boolean): readonly Column<StoreUsage['parts'][number]>[] {
  const about = estimated ? '~' : ''
  return [
    { title: 'PART', value: ({ part }) => part },
    { title: 'COUNT', value: ({ count }) => String(count), align: 'end' },
    { title: 'BYTES', value: ({ bytes }) => `${about}${formatBytes(bytes)}`, align: 'end' },
    { title: 'SHARE', value: ({ bytes }) => `${total === 0 ? 0 : Math.round((bytes / total) * 100)} %`, align: 'end' },
  ]
}

function archiveLine(name: string, { runs, entries, journalBytes, blobs, blobBytes, disk }: ArchiveUsage): string {
  const journals = `${runs} runs with ${entries} entries (${formatBytes(journalBytes)})`
  return `archive (${name}): ${journals}, ${blobs} blobs (${formatBytes(blobBytes)}), ${formatBytes(disk)} of disk`
}
