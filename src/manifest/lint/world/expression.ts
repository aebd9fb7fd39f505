import type { Field } from '../field.ts'
import { type Expression, parsePromql, type Selector, selectorsIn, walk } from '../promql/parse.ts'
import type { World } from '../world.ts'
import { type KnownMetric, metricOf } from './metric-catalogue.ts'
import type { QueryView } from './query.ts'

/** Every part of every query, from outside; what is no PromQL has none. */
export function* expressionsIn(
  queries: readonly QueryView[],
): Generator<{ readonly query: QueryView; readonly part: Expression }> {
  for (const query of queries) {
    const expression = parsePromql(query.text)
    for (const part of expression === undefined ? [] : walk(expression)) yield { query, part }
  }
}

/** Every series that a query asks for, and where it does. */
export function* seriesIn(queries: readonly QueryView[]): Generator<{ readonly at: Field; readonly series: Selector }> {
  for (const { field, text } of queries) {
    const expression = parsePromql(text)
    for (const series of expression === undefined ? [] : selectorsIn(expression)) yield { at: field, series }
  }
}

/** Those whose metric is known. */
export function* knownSeriesIn({
  queries,
  metrics,
}: World): Generator<{ readonly at: Field; readonly series: Selector; readonly metric: KnownMetric }> {
  for (const { at, series } of metrics === undefined ? [] : seriesIn(queries)) {
    const metric = metrics === undefined ? undefined : metricOf(metrics, series.name)
    if (metric !== undefined) yield { at, series, metric }
  }
}
