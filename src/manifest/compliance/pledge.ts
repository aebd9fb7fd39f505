import type { Plan } from '../plan.ts'

/** Regimes that pledge more than every label of compliance does. */
export const REGIMES = ['soc2', 'gdpr', 'hipaa', 'pci'] as const
export type Regime = (typeof REGIMES)[number]

/** What an admission policy looks at, each with a policy of its own. */
export type Subject =
  /** Pods, as they will run. */
  | 'pods'
  /** Whatever makes pods: their template. */
  | 'templates'
  | 'cron-jobs'
  /** The ConfigMap with the settings. */
  | 'settings'
  | 'virtual-services'
  | 'envoy-filters'
  | 'peer-authentications'
  | 'network-policies'

/** A condition (CEL) that objects are refused without. */
export interface Condition {
  readonly subject: Subject
  /** Of `object`; of `variables.spec` and `variables.containers`, where the subject has pods. */
  readonly expression: string
}

/** Something that labels of compliance promise. */
export interface Pledge {
  readonly id: string
  /** What is so, as a sentence without its end: the message of whoever breaks it. */
  readonly text: string
  /** Whose labels pledge it: of every regime, or of these. */
  readonly regimes: 'every' | readonly Regime[]
  /** What the plan itself lacks: each names an option, and what it should be. */
  readonly missing: (plan: Plan) => readonly string[]
  /** What the cluster is to refuse; none where the pledge is of what is there, which no single object can break. */
  readonly conditions: (plan: Plan) => readonly Condition[]
}

/** The pledges among these that the plan's labels make. */
export function pledged(pledges: readonly Pledge[], { spec }: Pick<Plan, 'spec'>): readonly Pledge[] {
  const { compliance } = spec.labels
  if (compliance.length === 0) return []
  return pledges.filter(({ regimes }) => regimes === 'every' || regimes.some((regime) => compliance.includes(regime)))
}
