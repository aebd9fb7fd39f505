import { METRICS, type Metric } from '../telemetry/metric.ts'
import { MODEL_METRICS } from './model-metric.ts'

const CATALOGUE = { ...METRICS, ...MODEL_METRICS }

type Catalogue = typeof CATALOGUE
type MetricName = keyof Catalogue
type NameOf<Type extends Metric['type']> = {
  [Name in MetricName]: Catalogue[Name]['type'] extends Type ? Name : never
}[MetricName]

/** Labels that whoever scrapes gives to every series of a pod. */
type TargetLabel = 'namespace' | 'pod'
type LabelOf<Name extends MetricName> = Catalogue[Name]['labels'][number] | TargetLabel

/** What a label has to be. */
export type Match = { readonly operator: '=' | '!=' | '=~' | '!~'; readonly value: string }

/** Which series of a metric. */
export type Matches<Name extends MetricName> = { readonly [Label in LabelOf<Name>]?: Match }

/** A query in Prometheus' language. Metrics and labels that are in no catalogue do not compile. */
export type Query = string & { readonly kind: 'query' }

/** A label that is exactly so. */
export const is = (value: string): Match => ({ operator: '=', value })

/** A label that a whole pattern (RE2) matches. */
export const like = (value: string): Match => ({ operator: '=~', value })

/** A label that is none of these. */
export const noneOf = (values: readonly string[]): Match => ({
  operator: '!~',
  value: values.map((value) => value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'),
})

/** The present values of a gauge. */
export const gauge = <Name extends NameOf<'gauge'>>(name: Name, matches: Matches<Name>): Query => series(name, matches)

/** Adds up. Of no series it is none, not 0. */
export const sum = (query: Query): Query => queryOf(`sum(${query})`)

/** The largest: for what every pod reports of the same thing. */
export const max = (query: Query): Query => queryOf(`max(${query})`)

/** The average of the series. */
export const average = (query: Query): Query => queryOf(`avg(${query})`)

/** The query where another one is above a bound, 0 where it is not; each of one series without labels. */
export const whereAbove = (query: Query, other: Query, bound: number): Query =>
  queryOf(`${query} * (${other} > bool ${bound})`)

/** The query; 0 where it has no number, as long as another one has any. Both without labels. */
export const orZeroWhile = (query: Query, other: Query): Query => queryOf(`(${query} >= 0) or (0 * ${other})`)

/** A quantile of what a histogram saw within a time (`2m`), over all its series. */
export function quantile<Name extends NameOf<'histogram'>>(
  share: number,
  name: Name,
  matches: Matches<Name>,
  within: string,
): Query {
  return queryOf(`histogram_quantile(${share}, sum by (le) (rate(${series(`${name}_bucket`, matches)}[${within}])))`)
}

function series(name: string, matches: Readonly<Record<string, Match | undefined>>): Query {
  const all = Object.entries(matches)
    .filter((entry): entry is [string, Match] => entry[1] !== undefined)
    .map(([label, { operator, value }]) => `${label}${operator}${JSON.stringify(value)}`)
  return queryOf(`${name}{${all.join(',')}}`)
}

// The only way to a query: all others were made by it.
function queryOf(text: string): Query {
  return text as Query
}
