import type { IContainer } from 'kubernetes-models/v1'
import { PROBES } from '../../../core/ports.ts'
import type { Plan, RolePlan } from '../../plan.ts'
import { configurationName } from '../configuration.ts'
import { CONTAINER_SECURITY } from '../pod/security.ts'
import { environmentOf } from './environment.ts'
import { probeOf } from './probe.ts'
import { volumesOf } from './volume.ts'

/** Name of the container of agents. */
export const CONTAINER = 'agents'

/** Seconds between the moment when a pod is to go and its SIGTERM: until then, everyone who sends requests has heard of it. */
export const PRE_STOP = 5

/** The container of one role. The image has `polis` as its entry point, and the project as its working directory. */
export function agentContainer(plan: Plan, role: RolePlan): IContainer {
  return {
    name: CONTAINER,
    image: plan.image,
    imagePullPolicy: plan.spec.image.pullPolicy,
    args: ['serve', '--role', role.role],
    envFrom: [{ configMapRef: { name: configurationName(plan) } }],
    env: environmentOf(plan),
    ports: plan.ports.map(({ name, number }) => ({ name, containerPort: number })),
    startupProbe: probeOf(PROBES.startup, plan),
    livenessProbe: probeOf(PROBES.liveness, plan),
    readinessProbe: probeOf(PROBES.readiness, plan),
    lifecycle: { preStop: { sleep: { seconds: PRE_STOP } } },
    resources: resourcesOf(role),
    securityContext: CONTAINER_SECURITY,
    volumeMounts: volumesOf(plan, role).map(({ volume: { name }, mount }) => ({ name, ...mount })),
  }
}

// A container that gets more memory than it asked for is the first to be killed when the node has none.
function resourcesOf({ cpu, cpuLimit, memory, disk }: RolePlan): IContainer['resources'] {
  const both = { memory, 'ephemeral-storage': disk }
  return { requests: { cpu, ...both }, limits: { ...(cpuLimit === undefined ? {} : { cpu: cpuLimit }), ...both } }
}
