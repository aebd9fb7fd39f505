import type { Field } from '../field.ts'

/** What a container may be asked by. */
export const PROBES = ['startupProbe', 'livenessProbe', 'readinessProbe'] as const

const WAYS = ['httpGet', 'tcpSocket', 'grpc'] as const

/** The ports that the probes of a container ask. */
export function probePortsOf(container: Field): readonly Field[] {
  return PROBES.flatMap((probe) => WAYS.map((way) => container.at(probe, way, 'port')))
}
