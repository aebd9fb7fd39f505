import type { z } from 'zod'
import type { EntryBodies, EntryKind } from '../entry.ts'
import type { CONTRACT } from './contract.ts'
import type * as cost from './cost-schema.ts'
import type { OperationId } from './operation.ts'
import type * as resource from './resource-schema.ts'
import type * as run from './run-schema.ts'
import type * as session from './session-schema.ts'

export type RunView = z.output<typeof run.runView>
export type QuestionView = z.output<typeof resource.questionView>
export type SessionView = z.output<typeof session.sessionView>
export type TranscriptView = z.output<typeof session.transcriptPage>
export type MessageView = TranscriptView['items'][number]
export type CostView = z.output<typeof cost.costView>
export type CostList = z.output<typeof cost.costList>
export type BudgetView = z.output<typeof cost.budgetView>
export type AgentView = z.output<typeof resource.agentView>
export type ScheduleView = z.output<typeof resource.scheduleView>
export type BlobView = z.output<typeof resource.blobView>
export type ReleaseView = z.output<typeof resource.releaseView>
export type WorkerView = z.output<typeof resource.workerView>
export type Problem = z.output<typeof resource.problem>

/** A page of a list; `cursor` is absent on the last one. */
export interface PageView<Item> {
  readonly items: readonly Item[]
  readonly cursor?: string
}

/** A page of runs. On the last one `archived` says that more that match are in the archive. */
export interface RunPageView extends PageView<RunView> {
  readonly archived?: true
}

/** A journal entry as streams and lists carry it; `kind` says what `data` is. */
export type EntryView = {
  [Kind in EntryKind]: {
    readonly sequence: number
    readonly kind: Kind
    /** Milliseconds since the epoch. */
    readonly time: number
    readonly data: EntryBodies[Kind]
  }
}[EntryKind]

/** Something that happens inside a step, not journalled and not repeated. */
export interface TransientView {
  readonly kind: 'progress' | 'step-reset' | 'delta'
  readonly step: string
  readonly data: unknown
}

/** What a stream of a run is made of. `end` is the last event, after the run's last entry. */
export type RunEvent = EntryView | TransientView | { readonly kind: 'end'; readonly run: RunView }

/** What a stream of a session is made of: entries with their run and the place after them, transient events, and `end` when it is removed. */
export type SessionEvent =
  | (EntryView & { readonly run: string; readonly cursor: string })
  | (TransientView & { readonly run: string })
  | { readonly kind: 'end' }

type Part<Op extends OperationId, Name extends 'params' | 'query' | 'headers'> = (typeof CONTRACT)[Op] extends {
  readonly [N in Name]: infer Schema extends z.ZodType
}
  ? Schema
  : z.ZodUndefined
type Body<Op extends OperationId> = (typeof CONTRACT)[Op] extends {
  readonly body: { readonly schema: infer Schema extends z.ZodType }
}
  ? Schema
  : z.ZodUndefined

/** A request of an operation as its handler gets it: parsed, with defaults. */
export interface RequestOf<Op extends OperationId> {
  readonly params: z.output<Part<Op, 'params'>>
  readonly query: z.output<Part<Op, 'query'>>
  readonly headers: z.output<Part<Op, 'headers'>>
  readonly body: z.output<Body<Op>>
}

/** A request of an operation as a client writes it. */
export interface RequestInput<Op extends OperationId> {
  readonly params?: z.input<Part<Op, 'params'>>
  readonly query?: Readonly<Partial<Record<keyof z.input<Part<Op, 'query'>>, QueryValue>>>
  readonly headers?: z.input<Part<Op, 'headers'>>
  readonly body?: z.input<Body<Op>>
}

/** A value in a query; a list is repeated, undefined is left out. */
export type QueryValue = string | number | readonly string[] | undefined

type Answers<Op extends OperationId> = (typeof CONTRACT)[Op]['answers']
type BodyOf<A> = A extends { readonly kind: 'json'; readonly schema: infer Schema extends z.ZodType }
  ? z.output<Schema>
  : undefined

/** The JSON that an operation answers with, whatever the status; undefined when it answers without. */
export type ResponseOf<Op extends OperationId> = Op extends OperationId
  ? { [Status in keyof Answers<Op>]: BodyOf<Answers<Op>[Status]> }[keyof Answers<Op>]
  : never

/** Statuses of an operation's successes. */
export type StatusOf<Op extends OperationId> = Op extends OperationId ? keyof Answers<Op> & number : never
