import type { LiveObject } from '../api.ts'
import { listAt, numberAt, textAt } from '../read.ts'
import type { Health } from './health.ts'

/** A condition of an object's status. */
export interface Condition {
  readonly type: string
  readonly status: string
  readonly reason: string
  readonly message: string
}

/** The condition of a type; undefined where there is none yet. */
export function conditionOf(object: unknown, type: string): Condition | undefined {
  const found = listAt(object, 'status', 'conditions').find((each) => textAt(each, 'type') === type)
  if (found === undefined) return undefined
  return { type, status: textAt(found, 'status'), reason: textAt(found, 'reason'), message: textAt(found, 'message') }
}

/** Healthy once a condition is true. */
export function readyCondition(object: LiveObject, type: string): Health {
  const condition = conditionOf(object, type)
  if (condition?.status === 'True') return { kind: 'healthy' }
  const operator = `nobody has looked at it yet: is the operator of ${object.kind} there?`
  return { kind: 'waiting', reason: condition === undefined ? operator : say(condition) }
}

/** Whether the controller has seen the object as it is now. */
export function isObserved(object: LiveObject): boolean {
  const seen = numberAt(object, 'status', 'observedGeneration')
  return seen !== undefined && seen >= (object.metadata.generation ?? 0)
}

/** A condition in a line. */
export function say({ reason, message }: Condition): string {
  return [reason, message].filter((part) => part !== '').join(': ')
}
