/** The agent whose runs are evals of a project: its dot keeps it apart from authors' agents. Each of its evals is a child run. */
export const EVALS_AGENT = 'polis.evals'

/** The agent whose runs are one eval each, and whose outputs are their results. */
export const EVAL_AGENT = 'polis.eval'

/** Tags by which the runs of evals are found: those of `polis.eval` have the first three, those of cases all but `release`. */
export const EVAL_TAGS = {
  /** Name of the eval. */
  eval: 'eval',
  /** The agent that is evaluated, and the release of it. */
  agent: 'agent',
  release: 'agent-release',
  /** The run of `polis.eval` that a case belongs to, the case's key, and which trial of it. */
  run: 'eval-run',
  case: 'case',
  trial: 'trial',
} as const
