/** Scorers of how a run went, rather than of what came of it. */

import { type Duration, formatDuration, parseDuration } from '../../core/duration.ts'
import type { DecodedEntry } from '../../core/entry.ts'
import { PolisError } from '../../core/error.ts'
import { formatDollars, toNanos } from '../../core/money.ts'
import type { Scorer } from '../evidence.ts'
import { brief } from './path.ts'

/**
 * The share of these tools that the run called, each as often as it is listed. Of an MCP server the name is `server.tool`; a step of
 * the agent's own code and another agent count by their names too. With `order`, only calls in that order count.
 */
export function toolsCalled(tools: readonly string[], { order = false }: { readonly order?: boolean } = {}): Scorer {
  if (!Array.isArray(tools) || tools.length === 0 || !tools.every((tool) => typeof tool === 'string'))
    throw new PolisError('INVALID_CONFIG', `toolsCalled: expected a list of names, got ${brief(tools)}`)
  return scorer(({ entries }) => {
    const called = callsOf(entries)
    const missing = order ? missingInOrder(tools, called) : missingOf(tools, called)
    const score = 1 - missing.length / tools.length
    if (missing.length === 0) return { score }
    return {
      score,
      reason: `not called${order ? ' in this order' : ''}: ${missing.join(', ')}; it called ${called.join(', ') || 'nothing'}`,
    }
  })
}

/** 1 for a run that cost at most so many dollars, child runs included, else 0. An unknown price is a fault, never 0 dollars. */
export function cost(max: number): Scorer {
  if (!(typeof max === 'number' && max >= 0)) throw notBound('cost', 'dollars, such as 0.05', max)
  return scorer(({ cost: spent }) => {
    if (spent === undefined)
      throw new PolisError(
        'PRICE_UNKNOWN',
        'cost: the price of a model of this run is not known: give it in models.prices of polis.config.ts',
      )
    return atMost(spent, max, (dollars) => formatDollars(toNanos(dollars)))
  })
}

/** 1 for a run that took at most so long, waits included, else 0. */
export function duration(max: Duration): Scorer {
  const most = parseDuration(max, 'duration')
  return scorer(({ duration: took }) => atMost(took, most, formatDuration))
}

/** 1 for a run of at most so many steps (calls of models, of tools, of the agent's own functions, of other agents), else 0. */
export function steps(max: number): Scorer {
  if (!(Number.isInteger(max) && max >= 0)) throw notBound('steps', 'a whole number', max)
  return scorer(({ entries }) => atMost(endedSteps(entries), max, String))
}

function scorer(score: Scorer['score']): Scorer {
  return Object.freeze({ kind: 'scorer', score })
}

function atMost(got: number, most: number, show: (value: number) => string) {
  return got <= most ? { score: 1 } : { score: 0, reason: `expected at most ${show(most)}, got ${show(got)}` }
}

function notBound(name: string, expected: string, got: unknown): PolisError {
  return new PolisError('INVALID_CONFIG', `${name}: expected ${expected}, got ${brief(got)}`)
}

/** Names of what a run called, in order: steps that were recorded, and child runs. */
function callsOf(entries: readonly DecodedEntry[]): readonly string[] {
  return entries.flatMap(({ kind, data }) =>
    kind === 'step-completed' || kind === 'step-failed' || kind === 'child-started' ? [nameOf(data.id)] : [],
  )
}

function endedSteps(entries: readonly DecodedEntry[]): number {
  return callsOf(entries).length
}

// The last part of an id, without its occurrence.
function nameOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1).replace(/#\d+$/, '')
}

function missingOf(wanted: readonly string[], called: readonly string[]): readonly string[] {
  const left = [...called]
  return wanted.filter((name) => {
    const at = left.indexOf(name)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}

function missingInOrder(wanted: readonly string[], called: readonly string[]): readonly string[] {
  let from = 0
  return wanted.filter((name) => {
    const at = called.indexOf(name, from)
    if (at >= 0) from = at + 1
    return at < 0
  })
}
