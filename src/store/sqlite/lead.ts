import type { CoordinationPort } from '../coordination.ts'
import type { Process } from './process.ts'
import { prepare } from './statement.ts'

interface Row {
  readonly value: string
}

/** The lead's part of the coordination port. Who leads in what is a row of `meta`, which needs no format of its own. */
export function createLead({ database, write }: Process): CoordinationPort['lead'] {
  const find = prepare<Row>(database, 'SELECT value FROM meta WHERE name = ?')
  const put = prepare(database, 'INSERT OR REPLACE INTO meta VALUES (?, ?)')
  const remove = prepare(database, 'DELETE FROM meta WHERE name = ?')
  return (name, holder, ms) =>
    write((now) => {
      const row = `lead ${name}`
      const [, until, by] = /^(\d+) (.*)$/s.exec(find.get(row)?.value ?? '') ?? []
      if (by !== undefined && by !== holder && Number(until) > now) return false
      if (ms > 0) put.run(row, `${now + ms} ${holder}`)
      else remove.run(row)
      return ms > 0
    })
}
