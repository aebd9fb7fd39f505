import type { IProbe } from 'kubernetes-models/v1'
import { PORTS, type Probe } from '../../../core/ports.ts'
import type { Plan } from '../../plan.ts'

/** A probe of the server's own: what it answers, where, and how long its checks may take. All roles answer on the same port. */
export function probeOf({ path, port, period, failures }: Probe, { deadlines }: Plan): IProbe {
  return {
    httpGet: { path, port: PORTS[port].name },
    periodSeconds: period,
    timeoutSeconds: deadlines.probe,
    failureThreshold: failures,
  }
}
