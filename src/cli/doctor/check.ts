/** What `polis doctor` found about one thing. */
export interface Check {
  readonly area: 'machine' | 'project' | 'store' | 'models' | 'servers' | 'ports'
  readonly name: string
  readonly status: 'ok' | 'warn' | 'fail'
  /** What was found, on one line. */
  readonly detail: string
  /** What to do about it. */
  readonly advice?: string
}
