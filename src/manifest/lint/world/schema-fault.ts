import { nearest } from '../../../core/nearest.ts'
import type { SchemaFault } from '../../schema/check-value.ts'
import type { Finding } from '../rule.ts'
import type { World } from '../world.ts'

/** What the schemas have against the objects, of one kind. */
export function* schemaFindings({ subjects, schemas }: World, kind: SchemaFault['kind']): Generator<Finding> {
  for (const subject of subjects) {
    for (const fault of schemas.faultsOf(subject)) {
      if (fault.kind === kind) yield { at: subject.at(...fault.path), message: fault.message + advice(fault) }
    }
  }
}

function advice({ path, candidates = [] }: SchemaFault): string {
  const meant = nearest(String(path.at(-1)), candidates)
  return meant === undefined ? '' : `; did you mean '${meant}'?`
}
