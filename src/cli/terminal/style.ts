import { styleText } from 'node:util'
import type { Io, Output } from '../io.ts'

/** Colours the text of a piece of output, or leaves it as it is. */
export interface Style {
  readonly enabled: boolean
  bold(text: string): string
  dim(text: string): string
  red(text: string): string
  green(text: string): string
  yellow(text: string): string
  cyan(text: string): string
}

/** The styles for one output: on terminals only, unless NO_COLOR or FORCE_COLOR says otherwise. */
export function createStyle(output: Output, env: Io['env']): Style {
  const enabled = wantsColour(output, env)
  const paint = (format: 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan') =>
    enabled ? (text: string) => styleText(format, text, { validateStream: false }) : (text: string) => text
  return {
    enabled,
    bold: paint('bold'),
    dim: paint('dim'),
    red: paint('red'),
    green: paint('green'),
    yellow: paint('yellow'),
    cyan: paint('cyan'),
  }
}

// no-color.org: any text that is not empty turns colours off. FORCE_COLOR is the newer and more definite wish.
function wantsColour(output: Output, env: Io['env']): boolean {
  const force = env.FORCE_COLOR
  if (force !== undefined) return force !== '0' && force !== 'false'
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false
  return output.isTTY && env.TERM !== 'dumb'
}
