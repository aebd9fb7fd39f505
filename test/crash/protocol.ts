/** What a supervisor and its worker processes tell each other. */
import type { DecodedEntry } from '../../src/core/entry.ts'
import type { Boundary, KillPlan } from './boundary.ts'
import type { Place } from './place.ts'

/** What a client may ask for; each may be asked again when no answer came. */
export type Call =
  | {
      readonly kind: 'submit'
      readonly agent: string
      readonly n: number
      readonly key: string
      readonly session?: string
    }
  | { readonly kind: 'answer'; readonly run: string; readonly question: string; readonly answer: unknown }
  | { readonly kind: 'send'; readonly run: string; readonly id: string; readonly data: string }

/** Where a worker works, and where it dies. */
export interface Assignment {
  readonly place: Place
  readonly effects: string
  /** Milliseconds. */
  readonly heartbeat: number
  readonly plan?: KillPlan
  /** Also writes every report to this file, as it is sent. */
  readonly witness?: string
}

export type Command =
  | { readonly kind: 'start'; readonly assignment: Assignment }
  | { readonly kind: 'call'; readonly tenant: string; readonly id: number; readonly call: Call }
  | { readonly kind: 'follow'; readonly tenant: string; readonly run: string; readonly after: number }

export type Report =
  | { readonly kind: 'loaded' }
  | { readonly kind: 'started'; readonly worker: string }
  /** The call is acknowledged, with the run of a submit, or refused with a code. */
  | {
      readonly kind: 'called'
      readonly tenant: string
      readonly id: number
      readonly run?: string
      readonly refusal?: string
    }
  | { readonly kind: 'entry'; readonly entry: DecodedEntry }
  | { readonly kind: 'ended'; readonly tenant: string; readonly run: string }
  /** The store was away: the run has to be followed again. */
  | { readonly kind: 'unfollowed'; readonly tenant: string; readonly run: string }
  /** A commit of this worker was refused, since the run is another's. */
  | { readonly kind: 'fenced' }
  | { readonly kind: 'counts'; readonly counts: Readonly<Partial<Record<Boundary, number>>> }
  | { readonly kind: 'broken'; readonly message: string }
