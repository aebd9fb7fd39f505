import type { ObjectRef } from './api.ts'
import type { Change } from './change/change.ts'
import type { PodTrouble } from './health/pod.ts'
import type { Reason } from './health/verdict.ts'
import type { StageName } from './order.ts'
import type { DrainingRelease } from './prune.ts'

/** Something that happened while a deployment was changed. */
export type Progress =
  | { readonly kind: 'warning'; readonly message: string }
  | { readonly kind: 'changes'; readonly changes: readonly Change[] }
  | { readonly kind: 'lock-held'; readonly holder: string }
  | { readonly kind: 'namespace-made'; readonly namespace: string }
  | { readonly kind: 'secret-made'; readonly name: string }
  | { readonly kind: 'revision'; readonly number: number; readonly resumed: boolean; readonly rollbackTo?: number }
  | { readonly kind: 'applied'; readonly ref: ObjectRef; readonly change: Change['kind'] }
  | {
      readonly kind: 'waiting'
      readonly stage: StageName | undefined
      readonly reasons: readonly Reason[]
      readonly left: number
    }
  | { readonly kind: 'healthy'; readonly notes: readonly string[] }
  | {
      readonly kind: 'unhealthy'
      readonly why: string
      readonly reasons: readonly Reason[]
      readonly logs: readonly PodLog[]
    }
  | { readonly kind: 'removed'; readonly ref: ObjectRef }
  | { readonly kind: 'kept'; readonly ref: ObjectRef; readonly why: string }
  | { readonly kind: 'draining'; readonly releases: readonly DrainingRelease[] }
  | { readonly kind: 'rolling-back'; readonly to: number }
  /** A revision stays as it is, in the middle. */
  | { readonly kind: 'cut-off'; readonly number: number }

/** The last lines that a container wrote. */
export interface PodLog {
  readonly trouble: PodTrouble
  readonly lines: readonly string[]
}

/** Takes what happens, as it happens. */
export type Report = (progress: Progress) => void
