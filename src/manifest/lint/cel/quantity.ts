import type { Environment } from '@marcbachmann/cel-js'
import { amountOf } from '../world/amount.ts'

/** Gives an environment Kubernetes' functions of quantities: here, one is a number. */
export function registerQuantity(environment: Environment): void {
  environment
    .registerFunction('isQuantity(dyn): bool', (value: unknown) => toNumber(value) !== undefined)
    .registerFunction('quantity(dyn): double', (value: unknown) => {
      const amount = toNumber(value)
      if (amount === undefined) throw new TypeError(`'${value}' is no quantity`)
      return amount
    })
    .registerFunction('double.isLessThan(double): bool', (one: number, other: number) => one < other)
    .registerFunction('double.isGreaterThan(double): bool', (one: number, other: number) => one > other)
    .registerFunction('double.compareTo(double): int', (one: number, other: number) => BigInt(Math.sign(one - other)))
    .registerFunction('double.add(double): double', (one: number, other: number) => one + other)
    .registerFunction('double.sub(double): double', (one: number, other: number) => one - other)
    .registerFunction('double.sign(): int', (amount: number) => BigInt(Math.sign(amount)))
    .registerFunction('double.isInteger(): bool', (amount: number) => Number.isInteger(amount))
    .registerFunction('double.asInteger(): int', (amount: number) => BigInt(amount))
    .registerFunction('double.asApproximateFloat(): double', (amount: number) => amount)
}

function toNumber(value: unknown): number | undefined {
  return amountOf(typeof value === 'bigint' ? Number(value) : value)
}
