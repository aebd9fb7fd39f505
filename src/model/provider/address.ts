import type { RemoteConfig } from './open.ts'

/** Where a provider is reached. Said always, so that no variable of the environment that a library knows leads elsewhere. */
export function addressOf(config: RemoteConfig): string {
  if (config.baseUrl !== undefined) return config.baseUrl.replace(/\/$/, '')
  if (config.kind === 'anthropic') return 'https://api.anthropic.com/v1'
  if (config.kind === 'azure') return `https://${config.resource}.openai.azure.com/openai`
  return 'https://api.openai.com/v1'
}
