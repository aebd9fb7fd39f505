import { PolisError } from '../../core/error.ts'
import { PORTS } from '../../core/ports.ts'
import type { Settings } from '../../core/settings.ts'
import type { PortPlan } from '../plan.ts'

/**
 * The ports that the processes of agents listen on.
 *
 * Throws INVALID_CONFIG for a port of 0: probes and Services could not know which one was free.
 */
export function planPorts(settings: Settings): readonly PortPlan[] {
  // The listener of gRPC joins these once it exists: its port has no setting yet.
  const open = [PORTS.rest, ...(settings['prometheus.enabled'] ? [PORTS.metrics] : [])]
  const faults = open
    .filter(({ setting }) => settings[setting] === 0)
    .map(({ setting }) => `polis.config: settings ${setting}: expected a port that probes can know, got 0`)
  if (faults.length > 0) throw new PolisError('INVALID_CONFIG', faults.join('\n'), { details: { faults } })
  return open.map(({ name, setting }) => ({ name, number: settings[setting] }))
}
