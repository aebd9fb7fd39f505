import { PolisError } from '../core/error.ts'
import { isName } from '../core/id.ts'
import { checkKnown } from './check-known.ts'

const ONLY_WITH_MODEL = ['instructions', 'tools', 'maxOutputTokens', 'temperature', 'reasoning', 'stream'] as const
const EFFORTS: readonly unknown[] = ['none', 'minimal', 'low', 'medium', 'high']

/** INVALID_CONFIG, naming the option, unless these are the options of an agent: of one that code leads, or of one that a model does. */
export function checkAgent(options: unknown): void {
  if (typeof options !== 'object' || options === null) {
    throw new PolisError('INVALID_CONFIG', `defineAgent: expected an object of options, got ${typeof options}`)
  }
  // Whatever was given is looked at option by option.
  const given = options as Readonly<Record<string, unknown>>
  const { name, run, model } = given
  if (typeof name !== 'string' || !isName(name)) {
    throw new PolisError(
      'INVALID_CONFIG',
      `defineAgent: option name: expected lower-case letters, digits and dashes, beginning with a letter, got ${JSON.stringify(name)}`,
    )
  }
  checkKnown(name, given)
  if (model === undefined) return checkCode(name, given)
  if (run !== undefined) refuse(name, 'run', 'none beside option model: an agent is led by code or by a model', run)
  checkModel(name, given)
}

function checkCode(name: string, given: Readonly<Record<string, unknown>>): void {
  const stray = ONLY_WITH_MODEL.find((option) => given[option] !== undefined)
  if (stray !== undefined) refuse(name, 'model', `'provider/model', which option ${stray} is for`, undefined)
  if (typeof given.run !== 'function')
    refuse(
      name,
      'run',
      "an async function (or option model: 'provider/model', for an agent that a model leads)",
      given.run,
    )
}

function checkModel(name: string, given: Readonly<Record<string, unknown>>): void {
  const { model, instructions, tools = [], maxOutputTokens, temperature, reasoning, stream, limits, session } = given
  const models = Array.isArray(model) ? model : [model]
  if (models.length === 0 || models.some((it) => typeof it !== 'string' || it === ''))
    refuse(name, 'model', "'provider/model', an alias, or a list of them", model)
  checkInstructions(name, instructions)
  if (!Array.isArray(tools) || !tools.every(isTool))
    refuse(name, 'tools', "a list of tool({ … }), mcp('server'), agents, and names of servers or agents", tools)
  if (maxOutputTokens !== undefined && !isCount(maxOutputTokens))
    refuse(name, 'maxOutputTokens', 'a whole number above 0', maxOutputTokens)
  if (temperature !== undefined && !(typeof temperature === 'number' && temperature >= 0 && temperature <= 2))
    refuse(name, 'temperature', 'a number from 0 to 2', temperature)
  if (reasoning !== undefined && !EFFORTS.includes(reasoning)) refuse(name, 'reasoning', EFFORTS.join(', '), reasoning)
  if (stream !== undefined && typeof stream !== 'boolean') refuse(name, 'stream', 'true or false', stream)
  const turns = property(limits, 'turns')
  if (turns !== undefined && !isCount(turns)) refuse(name, 'limits.turns', 'a whole number above 0', turns)
  if (property(session, 'state') !== undefined)
    refuse(name, 'session.state', 'none: a model keeps its conversation there', property(session, 'state'))
}

function checkInstructions(name: string, instructions: unknown): void {
  if (instructions === undefined || typeof instructions === 'string' || typeof instructions === 'function') return
  const file = property(instructions, 'file')
  if (typeof file === 'string' && file !== '') return
  refuse(name, 'instructions', "a text, { file: 'path' } or a function of the input", instructions)
}

function isTool(value: unknown): boolean {
  if (typeof value === 'string') return value !== ''
  return ['tool', 'mcp', 'agent'].includes(String(property(value, 'kind')))
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) > 0
}

function refuse(name: string, option: string, expected: string, got: unknown): never {
  const shown =
    typeof got === 'object' || typeof got === 'string' || typeof got === 'number' ? JSON.stringify(got) : typeof got
  throw new PolisError(
    'INVALID_CONFIG',
    `defineAgent ${name}: option ${option}: expected ${expected}, got ${shown?.slice(0, 200)}`,
  )
}
