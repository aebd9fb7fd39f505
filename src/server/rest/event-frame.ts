import type { DecodedEntry } from '../../core/entry.ts'
import type { EntryView, RunView, TransientView } from '../../core/route/wire.ts'
import type { TransientEvent } from '../../core/transient.ts'
import type { SessionEntry } from '../../engine/service/session-service.ts'

/** Sent first: how long a client waits before it reconnects. */
export const OPENING_FRAME = 'retry: 1000\n\n'

/** Keeps proxies from closing a silent stream. */
export const HEARTBEAT_FRAME = ': heartbeat\n\n'

/** A journal entry as clients see it. */
export function entryView({ sequence, kind, time, data }: DecodedEntry): EntryView {
  // Kind and data belong together in the entry already; taking them apart loses that for the compiler.
  return { sequence, kind, time, data } as EntryView
}

/** A journal entry as a server-sent event: its kind is the name, its sequence number the id (G4). */
export function entryFrame(entry: DecodedEntry): string {
  return `id: ${entry.sequence}\nevent: ${entry.kind}\ndata: ${JSON.stringify(entryView(entry))}\n\n`
}

/** A transient event: without an id, so that reconnecting neither repeats nor counts it. */
export function transientFrame({ kind, step, data }: TransientEvent): string {
  const view: TransientView = { kind, step, data }
  return `event: ${kind}\ndata: ${JSON.stringify(view)}\n\n`
}

/** An entry of a session's history: its id is the place after it. */
export function sessionEntryFrame({ cursor, entry }: SessionEntry): string {
  const view = { ...entryView(entry), run: entry.run, cursor }
  return `id: ${cursor}\nevent: ${entry.kind}\ndata: ${JSON.stringify(view)}\n\n`
}

/** A transient event of one of a session's runs. */
export function sessionTransientFrame({ run, kind, step, data }: TransientEvent): string {
  return `event: ${kind}\ndata: ${JSON.stringify({ kind, run, step, data })}\n\n`
}

/** The last event of the stream of a session that was removed. */
export const SESSION_END_FRAME = `event: end\ndata: ${JSON.stringify({ kind: 'end' })}\n\n`

/** The last event of a stream. */
export function endFrame(run: RunView): string {
  return `event: end\ndata: ${JSON.stringify({ kind: 'end', run })}\n\n`
}
