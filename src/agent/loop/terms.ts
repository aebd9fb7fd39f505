import type { StepTerms } from '../../engine/scope.ts'

const PATIENT = {
  effect: 'read',
  uncertain: 'retry',
  attempts: 3,
  delay: 1000,
  maxDelay: 60_000,
  factor: 2,
  jitter: true,
} as const

/** Of a call of a model. Providers have timeouts of their own, which say more; this is the last resort. */
export const MODEL_TERMS: StepTerms = { ...PATIENT, kind: 'model', timeout: 3_600_000, hash: undefined }

/** Of looking things up before a loop begins. */
export const LIST_TERMS: StepTerms = { ...PATIENT, timeout: 120_000, hash: undefined }
