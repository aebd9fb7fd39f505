import type { CoordinationPort } from '../coordination.ts'
import { plainOperation } from './operation.ts'
import type { Shard } from './shard.ts'

/** The lead's part of the coordination port. */
export function createLead(shard: Shard): CoordinationPort['lead'] {
  return (name, holder, ms) => shard.write(plainOperation(['lead', name, holder, ms], (answer) => answer.boolean()))
}
