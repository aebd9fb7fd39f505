import type { GetPromptResult, ReadResourceResult } from '@modelcontextprotocol/client'
import type { PromptDescription, PromptResult, ResourceDescription, ResourceResult } from '../../core/tool.ts'
import type { Connection } from './connection.ts'

/** What a server offers to read. */
export async function listResources(server: string, { client }: Connection): Promise<readonly ResourceDescription[]> {
  // Asked of a server without them, the SDK prints to our standard output.
  if (client.getServerCapabilities()?.resources === undefined) return []
  const { resources } = await client.listResources(undefined, { cacheMode: 'bypass' })
  return resources.map(({ uri, name, description = '', mimeType }) => ({
    ...{ server, uri, name, description },
    ...(mimeType === undefined ? {} : { mimeType }),
  }))
}

/** What a server held under a URI. */
export function toResourceResult({ contents }: ReadResourceResult): ResourceResult {
  return { contents, text: contents.flatMap((part) => ('text' in part ? [part.text] : [])).join('\n') }
}

/** Prompts that a server offers. */
export async function listPrompts(server: string, { client }: Connection): Promise<readonly PromptDescription[]> {
  if (client.getServerCapabilities()?.prompts === undefined) return []
  const { prompts } = await client.listPrompts(undefined, { cacheMode: 'bypass' })
  return prompts.map(({ name, description = '', arguments: args = [] }) => ({
    ...{ server, name, description },
    arguments: args.map((it) => ({ name: it.name, description: it.description ?? '', required: it.required ?? false })),
  }))
}

/** A prompt that was filled in. */
export function toPromptResult({ description = '', messages }: GetPromptResult): PromptResult {
  const text = messages.flatMap(({ content }) => (content.type === 'text' ? [content.text] : [])).join('\n')
  return { description, messages, text }
}
