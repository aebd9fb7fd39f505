import { Command, isCommand, MemorySaver } from '@langchain/langgraph'

/** What a call of LangGraph came to, as plain JSON: messages, commands, whatever a checkpoint could hold. */
export type Frozen =
  | { readonly kind: 'value'; readonly json: unknown }
  | { readonly kind: 'command'; readonly json: unknown; readonly graph?: string }

// What LangGraph itself writes checkpoints with.
const { serde } = new MemorySaver()

/** A value as a checkpoint would keep it. */
export async function freeze(value: unknown): Promise<Frozen> {
  if (!isCommand(value)) return { kind: 'value', json: await dump(value) }
  const { update, goto, resume, graph } = value as Command
  return { kind: 'command', json: await dump({ update, goto, resume }), ...(graph === undefined ? {} : { graph }) }
}

/** The value that was frozen, of the same classes. */
export async function thaw(frozen: Frozen): Promise<unknown> {
  const value = await serde.loadsTyped('json', JSON.stringify(frozen.json))
  if (frozen.kind === 'value') return value
  return new Command(frozen.graph === undefined ? value : { ...value, graph: frozen.graph })
}

async function dump(value: unknown): Promise<unknown> {
  const [, bytes] = await serde.dumpsTyped({ value })
  return JSON.parse(new TextDecoder().decode(bytes)).value
}
