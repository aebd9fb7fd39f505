import { PolisError } from '../core/error.ts'
import type { CliClient } from './connection.ts'
import type { RunEntry } from './tree.ts'

const PAGE = 500

/** All entries of a run as it stands, and of its child runs if they are wanted; each run's own in order. */
export async function readEntries(run: string, client: CliClient, withChildren: boolean): Promise<readonly RunEntry[]> {
  const own = await readOwn(run, client)
  if (!withChildren) return own
  const all: RunEntry[] = [...own]
  for (const entry of own) if (entry.kind === 'child-started') all.push(...(await readChild(entry.data.run, client)))
  return all
}

async function readOwn(run: string, client: CliClient): Promise<readonly RunEntry[]> {
  const entries: RunEntry[] = []
  for (let after = 0; ; ) {
    const page = await client.runs.entries(run, { after, limit: PAGE })
    entries.push(...page.map((entry) => ({ ...entry, run })))
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) return entries
    after = last.sequence
  }
}

async function readChild(run: string, client: CliClient): Promise<readonly RunEntry[]> {
  try {
    return await readEntries(run, client, true)
  } catch (reason) {
    // A child may have been removed before its parent.
    if (PolisError.from(reason).code === 'NOT_FOUND') return []
    throw reason
  }
}
