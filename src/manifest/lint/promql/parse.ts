import type { SyntaxNode } from '@lezer/common'
import { parser } from '@prometheus-io/lezer-promql'

/** PromQL, as far as rules look at it. */
export type Expression =
  | {
      readonly kind: 'selector'
      /** Empty where only labels select. */
      readonly name: string
      readonly matchers: readonly Matcher[]
      /** Such as `5m`; undefined for an instant. */
      readonly range: string | undefined
    }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | {
      readonly kind: 'aggregate'
      readonly name: string
      readonly args: readonly Expression[]
      /** Labels that are kept; undefined where it says otherwise or nothing. */
      readonly by: readonly string[] | undefined
      readonly without: readonly string[] | undefined
    }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'other'; readonly args: readonly Expression[] }

/** What a selector asks of one label. */
export interface Matcher {
  readonly label: string
  readonly operator: string
  readonly value: string
}

/** A selector among expressions. */
export type Selector = Extract<Expression, { kind: 'selector' }>

const known = new Map<string, Expression | undefined>()

/** The expression that a text says; undefined where it is none. */
export function parsePromql(text: string): Expression | undefined {
  if (!known.has(text)) known.set(text, parse(text))
  return known.get(text)
}

/** An expression and everything within it, from outside. */
export function* walk(expression: Expression): Generator<Expression> {
  yield expression
  for (const part of partsOf(expression)) yield* walk(part)
}

/** The selectors within an expression. */
export function selectorsIn(expression: Expression): readonly Selector[] {
  return [...walk(expression)].filter((each): each is Selector => each.kind === 'selector')
}

function partsOf(expression: Expression): readonly Expression[] {
  if (expression.kind === 'binary') return [expression.left, expression.right]
  return 'args' in expression ? expression.args : []
}

function parse(text: string): Expression | undefined {
  const tree = parser.parse(text)
  let isBroken = false
  tree.iterate({
    enter: ({ type }) => {
      if (type.isError) isBroken = true
    },
  })
  const [top] = childrenOf(tree.topNode)
  return isBroken || top === undefined ? undefined : toExpression(top, text, undefined)
}

function toExpression(node: SyntaxNode, text: string, range: string | undefined): Expression {
  const children = childrenOf(node)
  const inner = (within: readonly SyntaxNode[]) => within.map((child) => toExpression(child, text, undefined))
  switch (node.name) {
    case 'VectorSelector':
      return toSelector(node, text, range)
    case 'MatrixSelector': {
      const [selector = node, duration] = children
      return toExpression(selector, text, duration === undefined ? undefined : sliceOf(duration, text))
    }
    case 'FunctionCall':
      return { kind: 'call', name: nameOf(node, 'FunctionIdentifier', text), args: inner(argumentsOf(node)) }
    case 'AggregateExpr':
      return toAggregate(node, text, inner(argumentsOf(node)))
    case 'BinaryExpr':
      return toBinary(children, text)
    case 'NumberDurationLiteral':
      return { kind: 'number', value: numberOf(sliceOf(node, text)) }
    // What is asked of another time is another thing: it is walked into, like all that is not told apart here.
    case 'ParenExpr': {
      const [first] = children
      return first === undefined ? { kind: 'other', args: [] } : toExpression(first, text, range)
    }
    default:
      return { kind: 'other', args: inner(children) }
  }
}

function toSelector(node: SyntaxNode, text: string, range: string | undefined): Expression {
  const identifier = node.getChild('Identifier')
  const quoted = node.getChild('LabelMatchers')?.getChild('QuotedLabelName')
  const matchers = childrenOf(node.getChild('LabelMatchers')).flatMap((matcher): Matcher[] => {
    const [label, operator, value] = childrenOf(matcher)
    if (label === undefined || operator === undefined || value === undefined) return []
    const [name, said] = [sliceOf(label, text), sliceOf(value, text)].map(unquote)
    return [{ label: name ?? '', operator: sliceOf(operator, text), value: said ?? '' }]
  })
  const named = matchers.find(({ label, operator }) => label === '__name__' && operator === '=')
  const name = identifier ?? quoted
  return {
    ...{
      kind: 'selector',
      name: name === null || name === undefined ? (named?.value ?? '') : unquote(sliceOf(name, text)),
    },
    ...{ matchers: matchers.filter((matcher) => matcher !== named), range },
  }
}

function toAggregate(node: SyntaxNode, text: string, args: readonly Expression[]): Expression {
  const modifier = node.getChild('AggregateModifier')
  const labels = childrenOf(modifier?.getChild('GroupingLabels') ?? null).map((label) => unquote(sliceOf(label, text)))
  return {
    ...{ kind: 'aggregate', name: nameOf(node, 'AggregateOp', text), args },
    by: modifier?.getChild('By') ? labels : undefined,
    without: modifier?.getChild('Without') ? labels : undefined,
  }
}

function toBinary(children: readonly SyntaxNode[], text: string): Expression {
  const [left, right] = [children[0], children.at(-1)]
  const operator = children[1]
  if (left === undefined || right === undefined || operator === undefined) return { kind: 'other', args: [] }
  return {
    ...{ kind: 'binary', operator: sliceOf(operator, text).toLowerCase() },
    ...{ left: toExpression(left, text, undefined), right: toExpression(right, text, undefined) },
  }
}

function nameOf(node: SyntaxNode, child: string, text: string): string {
  const found = node.getChild(child)
  return found === null ? '' : sliceOf(found, text).toLowerCase()
}

function argumentsOf(node: SyntaxNode): readonly SyntaxNode[] {
  return childrenOf(node.getChild('FunctionCallBody'))
}

function childrenOf(node: SyntaxNode | null): readonly SyntaxNode[] {
  const children: SyntaxNode[] = []
  for (let child = node?.firstChild ?? null; child !== null; child = child.nextSibling) {
    if (child.name !== 'LineComment') children.push(child)
  }
  return children
}

function sliceOf({ from, to }: SyntaxNode, text: string): string {
  return text.slice(from, to)
}

function unquote(text: string): string {
  return /^["'`]/.test(text) ? text.slice(1, -1) : text
}

function numberOf(text: string): number {
  const seconds = secondsOf(text)
  return seconds ?? Number(text.replaceAll('_', ''))
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  y: 31_536_000,
}

/** A duration as Prometheus writes it, in seconds; undefined where it is none. */
export function secondsOf(text: string): number | undefined {
  if (!/^(?:\d+(?:ms|[smhdwy]))+$/.test(text)) return undefined
  const parts = [...text.matchAll(/(\d+)(ms|[smhdwy])/g)]
  return parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (UNITS[unit] ?? 0), 0)
}
