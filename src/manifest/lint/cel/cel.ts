import { isDeepStrictEqual } from 'node:util'
import { Environment } from '@marcbachmann/cel-js'
import { registerAddress } from './address.ts'
import { registerQuantity } from './quantity.ts'

/** What an expression comes to; undefined where it cannot be told: it names what is not known, or what this CEL has not. */
export type Answer = { readonly value: unknown } | undefined

/** Evaluates expressions, each of which is parsed once. */
export type Cel = (expression: string, values: Readonly<Record<string, unknown>>) => Answer

const SYNTAX = new Environment({ enableOptionalTypes: true })

/** Whether an expression can be parsed; so it is said to be, too, where it has a form of CEL that the library has not. */
export function isCel(expression: string): boolean {
  const isBeyond = /`|(^|[^\w)\]])\.\w|\w\s*\{/.test(expression)
  return isBeyond || attempt(() => SYNTAX.parse(expression)) !== undefined
}

/** CEL as the API server has it, with these variables: its optional values, and its functions for addresses and quantities. */
export function createCel(variables: readonly string[]): Cel {
  const environment = new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false })
  environment.registerOperator('optional<dyn> == optional<dyn>', isEqual)
  registerAddress(environment)
  registerQuantity(environment)
  for (const variable of variables) environment.registerVariable(variable, 'dyn')
  const parsed = new Map<string, Program | undefined>()
  return (expression, values) => {
    if (!parsed.has(expression)) parsed.set(expression, parse(environment, expression))
    return attempt(() => parsed.get(expression)?.(values))
  }
}

/** An optional value of the library. */
interface Optional {
  orValue(other: unknown): unknown
}

function isEqual(one: Optional, other: Optional): boolean {
  return isDeepStrictEqual(one.orValue(undefined), other.orValue(undefined))
}

type Program = (values: Readonly<Record<string, unknown>>) => unknown

function parse(environment: Environment, expression: string): Program | undefined {
  return attempt(() => environment.parse(withSteps(expression)))?.value as Program | undefined
}

// The library takes no index within `has`: its optional access says the same.
function withSteps(expression: string): string {
  return expression.replace(/\bhas\(([\w.]+\[[^()\]]*\](?:\.\w+)*)\.(\w+)\)/g, '$1.?$2.hasValue()')
}

// What fails here may be what only a cluster knows: nothing is said of it.
function attempt(evaluate: () => unknown): Answer {
  try {
    const value = evaluate()
    return value === undefined ? undefined : { value }
  } catch {
    return undefined
  }
}
