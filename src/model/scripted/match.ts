import type { ScriptMatch, ScriptRule, ScriptTurn } from './script.ts'

/** Whether a rule holds for a turn. */
export function matches({ when }: ScriptRule, turn: ScriptTurn): boolean {
  if (when === undefined) return true
  return typeof when === 'function' ? when(turn) : holds(when, turn)
}

function holds(match: ScriptMatch, turn: ScriptTurn): boolean {
  const answered = new Set(turn.results.map(({ name }) => name))
  const { model = turn.model, agent = turn.agent, turn: at = turn.turn, after = [], before = [], tools = [] } = match
  return (
    model === turn.model &&
    agent === turn.agent &&
    at === turn.turn &&
    says(turn.text, match.text) &&
    says(turn.instructions, match.instructions) &&
    after.every((tool) => answered.has(tool)) &&
    !before.some((tool) => answered.has(tool)) &&
    tools.every((tool) => turn.tools.includes(tool)) &&
    asks(turn.output, match.output)
  )
}

function says(text: string, wanted: string | RegExp | undefined): boolean {
  if (wanted === undefined) return true
  // Without the flags that would make a test depend on the one before.
  if (typeof wanted !== 'string') return new RegExp(wanted.source, wanted.flags.replace(/[gy]/g, '')).test(text)
  return text.toLowerCase().includes(wanted.toLowerCase())
}

function asks(output: string | undefined, wanted: boolean | string | undefined): boolean {
  if (wanted === undefined) return true
  return typeof wanted === 'string' ? output === wanted : (output !== undefined) === wanted
}
