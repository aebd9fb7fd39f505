import type { ModelsConfig, ProviderConfig } from './config.ts'

/** Providers that need no configuration but their key, and the variable that it is expected in. */
export const USUAL: Readonly<Record<string, { readonly variable: string; readonly config: ProviderConfig }>> = {
  openai: { variable: 'OPENAI_API_KEY', config: { kind: 'openai' } },
  anthropic: { variable: 'ANTHROPIC_API_KEY', config: { kind: 'anthropic' } },
}

/** The providers that there are: those of the project, and the usual ones whose key is in the environment. */
export function providersOf(
  { providers = {} }: ModelsConfig,
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, ProviderConfig>> {
  const usual = Object.entries(USUAL).filter(([, { variable }]) => (env[variable] ?? '') !== '')
  return { ...Object.fromEntries(usual.map(([name, { config }]) => [name, config])), ...providers }
}
