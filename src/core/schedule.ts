/** What happens to ticks that nobody was up for: none of them runs, the last one runs, or every one runs. */
export type MissedTicks = 'skip' | 'once' | 'all'
