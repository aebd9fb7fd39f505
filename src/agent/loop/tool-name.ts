import { hash } from '../../core/json.ts'

/** The longest name that all providers take. */
const LONGEST = 64

/** A name that every provider takes for a tool: letters, digits, `_` and `-`, at most 64; a longer one ends in a hash. */
export function modelName(name: string, end = ''): string {
  const clean = name.replace(/[^A-Za-z0-9_-]/g, '_')
  const valid = /^[A-Za-z_]/.test(clean) ? clean : `_${clean}`
  const most = LONGEST - end.length
  return valid.length <= most ? `${valid}${end}` : `${valid.slice(0, most - 9)}_${hash(name).slice(0, 8)}${end}`
}
