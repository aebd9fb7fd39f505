import type { IProbe } from 'kubernetes-models/v1'
import { PORTS, type Probe } from '../../../core/ports.ts'
import type { Plan } from '../../plan.ts'

/** A probe of the server's own: what it answers, where, and how long its checks may take. All roles answer on the same port. */
export function probeOf({ path, port, period, failures, checks }: Probe, { deadlines: { probe } }: Plan): IProbe {
  return {
    httpGet: { path, port: PORTS[port].name },
    // One that is still out when the next is due is no faster than one that is waited for.
    periodSeconds: checks ? Math.max(period, probe) : period,
    timeoutSeconds: checks ? probe : Math.min(period, probe),
    failureThreshold: failures,
  }
}
