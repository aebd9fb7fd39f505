import type { EntryBodies, RecordedError } from '../core/entry.ts'
import { encode } from '../core/json.ts'
import type { EndedStatus, RunRecord } from '../core/run.ts'
import type { Message, Submit } from '../store/journal.ts'
import { toSubmit } from './submission.ts'
import { WEBHOOK_AGENT, WEBHOOK_RELEASE } from './webhook.ts'

/** What an ended run tells others. */
export interface Ending {
  readonly status: EndedStatus
  readonly output?: unknown
  readonly error?: RecordedError
}

/** What a parent reads of its child's end. */
export interface ChildEnd extends Ending {
  readonly step: string
  readonly run: string
}

/**
 * The messages and submits that go with a run's end, in the same commit: to the parent that called it, and to its webhook.
 * Their ids are made from the run's, so that they count once however often they are sent.
 */
export function tellOthers(
  record: Pick<RunRecord, 'tenant' | 'run' | 'agent' | 'parent' | 'epoch'>,
  submitted: Pick<EntryBodies['run-submitted'], 'webhook'>,
  ending: Ending,
  time: number,
): { readonly messages: readonly Message[]; readonly submits: readonly Submit[] } {
  const messages = record.parent === undefined ? [] : [toParent(record, record.parent, ending, time)]
  const submits = submitted.webhook === undefined ? [] : [toWebhook(record, submitted.webhook, ending, time)]
  return { messages, submits }
}

function toParent(
  { tenant, run, epoch }: Pick<RunRecord, 'tenant' | 'run' | 'epoch'>,
  parent: { readonly run: string; readonly step: string },
  ending: Ending,
  time: number,
): Message {
  const payload = encode({ ...ending, step: parent.step, run } satisfies ChildEnd)
  return { tenant, run: parent.run, id: `${run}.ended.${epoch}`, kind: 'child', payload, time }
}

function toWebhook(
  { tenant, run, agent, epoch }: Pick<RunRecord, 'tenant' | 'run' | 'agent' | 'epoch'>,
  url: string,
  ending: Ending,
  time: number,
): Submit {
  return toSubmit({
    tenant,
    // An end happens once in an epoch, so its webhook does too.
    run: `${run}.webhook.${epoch}`,
    agent: WEBHOOK_AGENT,
    release: WEBHOOK_RELEASE,
    input: { url, id: `${run}.${epoch}`, event: { run, agent, ...ending, time } },
    time,
  })
}
