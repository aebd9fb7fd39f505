import type { IndexPort } from '../index-port.ts'
import { plainOperation } from './operation.ts'
import { tagParts } from './record.ts'
import type { Shard } from './shard.ts'

/** What clients say of sessions. */
export function createSessionChange({ write }: Shard): Pick<IndexPort, 'createSession' | 'changeSession'> {
  return {
    createSession: ({ tenant, session, agent, title, tags, ttl }) =>
      write(
        plainOperation(['create-session', tenant, session, agent, title, tagParts(tags), ttl], (answer) =>
          answer.boolean(),
        ),
      ),
    changeSession: (tenant, session, { title, tags, ttl }) => {
      const told = [taken(title), tags && (tagParts(tags) ?? false), taken(ttl)]
      return write(plainOperation(['change-session', tenant, session, ...told], (answer) => answer.boolean()))
    },
  }
}

// The library takes false for "taken away", and nil for "as it was".
function taken<T>(value: T | null | undefined): T | false | undefined {
  return value === null ? false : value
}
