import type { ModelPrice } from '../core/usage.ts'
import type { Judge } from './evidence.ts'
import type { ThresholdOptions } from './threshold.ts'

/** What a run of evals is asked for; what is absent is as the evals say. */
export interface EvalsRequest {
  /** Names of evals; absent: all. */
  readonly names?: readonly string[]
  /** Only cases that have this tag, or this text in their name. */
  readonly filter?: string
  readonly concurrency?: number
  readonly trials?: number
  /** The least mean. */
  readonly threshold?: number
  /** A release of the agent, a run of `polis.eval`, or `last`: which result to compare with. */
  readonly baseline?: string
  /** A run of `polis.eval` whose cases are run again instead of those that the eval names now. */
  readonly repeat?: string
}

/** A case of a plan: named, and told from the others by its key. */
export interface PlannedCase {
  readonly key: string
  readonly name: string
  readonly tags: readonly string[]
  readonly input: unknown
  readonly expected?: unknown
}

/** All that an eval does, decided before it begins and recorded, so that it goes on as it began. */
export interface Plan {
  readonly eval: string
  readonly agent: string
  readonly release: string
  readonly code: string
  readonly cases: readonly PlannedCase[]
  readonly scorers: readonly PlannedScorer[]
  readonly trials: number
  readonly concurrency: number
  /** Milliseconds. */
  readonly timeout: number
  readonly threshold: ThresholdOptions
  readonly baseline?: string
}

/** A scorer of a plan. */
export interface PlannedScorer {
  readonly name: string
  readonly weight: number
  /** Of a model that judges: all that it is asked by. */
  readonly judge?: PlannedJudge
}

/** A judge, with the models that its name stands for and what they cost when the eval began. */
export interface PlannedJudge extends Judge {
  readonly chain: readonly string[]
  readonly prices: Readonly<Record<string, ModelPrice>>
}
