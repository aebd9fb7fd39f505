import type { JournalPort } from '../journal.ts'
import { appendOperation } from './append.ts'
import { deliverOperation, inboxOperation } from './deliver.ts'
import { readEntry } from './entry.ts'
import { plainOperation } from './operation.ts'
import { idOf } from './record.ts'
import type { Shard } from './shard.ts'
import { submitOperation } from './submit.ts'

/** The journal port over one shard. */
export function createJournal({ write, read, watch }: Shard): JournalPort {
  return {
    submit: (submit) => write(submitOperation(submit)),
    append: (commit) => write(appendOperation(commit)),
    deliver: (message) => write(deliverOperation(message)),
    read: (tenant, run, after, limit) =>
      read(
        plainOperation(['read', idOf(tenant, run), after, limit], (answer) => {
          const first = Math.max(0, after) + 1
          return Array.from({ length: answer.array() }, (_, at) => readEntry(answer, tenant, run, first + at))
        }),
      ),
    inbox: (of) => read(inboxOperation(of)),
    watch,
  }
}
