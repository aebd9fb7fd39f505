import { type ManualClock, manualClock } from '../core/manual-clock.ts'
import type { ModelRequest, Models } from '../core/model.ts'
import { silentLog } from '../telemetry/log.ts'
import { silentMetrics } from '../telemetry/metrics-port.ts'
import type { ModelsConfig } from './config.ts'
import { createModels } from './create-models.ts'
import type { ModelsDependencies } from './dependencies.ts'

/** Models whose time stands still. For tests alone. */
export function modelsOf(
  config: ModelsConfig,
  dependencies: Partial<ModelsDependencies> = {},
): { readonly models: Models; readonly clock: ManualClock } {
  const clock = manualClock()
  const given = { env: {}, cwd: import.meta.dirname, clock, log: silentLog, metrics: silentMetrics, ...dependencies }
  return { models: createModels(config, given), clock }
}

/** A request with one message of the user. */
export function asking(model: string, text: string, more: Partial<ModelRequest> = {}): ModelRequest {
  return { model, messages: [{ role: 'user', content: [{ type: 'text', text }] }], ...more }
}

/** A signal that is never aborted. */
export const calm = new AbortController().signal
