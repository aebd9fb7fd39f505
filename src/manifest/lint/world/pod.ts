import type { Field, Subject } from '../field.ts'
import type { Path } from '../source.ts'

/** The pods of a workload, whatever its kind. */
export interface PodView {
  readonly owner: Subject
  /** What has the pods' metadata and spec. */
  readonly template: Field
  readonly spec: Field
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly namespace: string
  /** Those that live as long as the pod: the main ones, and init containers that are restarted always. */
  readonly containers: readonly Field[]
  /** All of them: init containers as well. */
  readonly allContainers: readonly Field[]
  /** Names and numbers of the ports that are declared. */
  readonly ports: readonly PortView[]
}

/** A port of a container. */
export interface PortView {
  readonly name: string | undefined
  readonly number: number | undefined
  readonly protocol: string
  readonly field: Field
}

const TEMPLATES: Readonly<Record<string, Path>> = {
  Pod: [],
  PodTemplate: ['template'],
  Deployment: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  ReplicationController: ['spec', 'template'],
  Job: ['spec', 'template'],
  Rollout: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
  ScaledJob: ['spec', 'jobTargetRef', 'template'],
}

/** Kinds that keep pods running until they are removed. */
export const LASTING_KINDS = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Rollout',
]

/** The pods that an object makes: one view, or none. */
export function podsOf(owner: Subject): readonly PodView[] {
  if (owner.kind === 'Gateway' && owner.group === 'gateway.networking.k8s.io') return [proxyOf(owner)]
  const path = TEMPLATES[owner.kind]
  if (path === undefined) return []
  const template = owner.at(...path)
  const spec = template.at('spec')
  if (!spec.exists) return []
  const main = spec.at('containers').items
  const init = spec.at('initContainers').items
  const containers = [...main, ...init.filter((container) => container.at('restartPolicy').text === 'Always')]
  return [
    {
      ...{ owner, template, spec, containers, namespace: owner.namespace },
      labels: template.at('metadata', 'labels').texts,
      annotations: template.at('metadata', 'annotations').texts,
      allContainers: [...main, ...init],
      ports: containers.flatMap(portsOf),
    },
  ]
}

// A controller makes the pods of a Gateway, and labels them so.
function proxyOf(owner: Subject): PodView {
  const nothing = owner.at('spec', 'template')
  return {
    ...{ owner, template: nothing, spec: nothing, annotations: {}, namespace: owner.namespace },
    labels: {
      ...owner.labels,
      ...owner.at('spec', 'infrastructure', 'labels').texts,
      'gateway.networking.k8s.io/gateway-name': owner.name,
    },
    ...{ containers: [], allContainers: [], ports: [] },
  }
}

/** The ports that a container declares. */
export function portsOf(container: Field): readonly PortView[] {
  return container.at('ports').items.map((field) => ({
    name: field.at('name').text,
    number: field.at('containerPort').number,
    protocol: field.at('protocol').text ?? 'TCP',
    field,
  }))
}
