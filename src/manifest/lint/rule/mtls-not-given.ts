import type { Field, Subject } from '../field.ts'
import type { Rule } from '../rule.ts'
import { followHost } from '../world/host.ts'
import type { PodView } from '../world/pod.ts'
import { hasLabels, isSame, type World } from '../world.ts'

export const mtlsNotGiven: Rule = {
  id: 'mtls-not-given',
  severity: 'error',
  title: 'Mutual TLS is promised and not given',
  explanation:
    'STRICT holds only for pods that are in the mesh: a namespace with neither an injection label nor `istio.io/dataplane-mode` has none, a workload that leaves the mesh takes plain text whatever its namespace says, and a DestinationRule that disables TLS towards a strict service cuts its callers off.',
  source: 'https://istio.io/latest/docs/tasks/security/authentication/mtls-migration/',
  *check(world) {
    const strict = world.of('PeerAuthentication').filter((it) => it.at('spec', 'mtls', 'mode').text === 'STRICT')
    for (const promise of strict) {
      const namespace = world.find('Namespace', '', promise.namespace)
      if (promise.namespace === '' || namespace === undefined || isInMesh(namespace)) continue
      if (world.pods.some((pod) => isSame(pod.namespace, promise.namespace) && isLabelled(pod.labels))) continue
      yield {
        at: promise.at('spec', 'mtls', 'mode'),
        message: `No pod of namespace '${promise.namespace}' is in the mesh`,
      }
    }
    for (const pod of world.pods.filter(({ namespace }) => strict.some((it) => isSame(it.namespace, namespace)))) {
      const left = leavesMesh(pod)
      const service = left && serviceOf(world, pod)
      if (left && service)
        yield { at: left, message: `Service '${service.name}' leads to it, and it is out of the mesh` }
    }
    for (const rule of world.of('DestinationRule')) {
      const mode = rule.at('spec', 'trafficPolicy', 'tls', 'mode')
      const target = followHost(world, rule.at('spec', 'host').text ?? '', rule.namespace)
      const within = target.kind === 'service' ? target.service.namespace : undefined
      if (mode.text === 'DISABLE' && within !== undefined && strict.some((it) => isSame(it.namespace, within))) {
        yield { at: mode, message: `Its host demands mutual TLS` }
      }
    }
  },
}

// What takes a pod out of the mesh: a label, or an annotation as older releases had it.
function leavesMesh({ template }: PodView): Field | undefined {
  const places = ['labels', 'annotations'].flatMap((kind) => template.at('metadata', kind).entries)
  return places.find(
    ([key, { text }]) =>
      (key === 'sidecar.istio.io/inject' && text === 'false') || (key === 'istio.io/dataplane-mode' && text === 'none'),
  )?.[1]
}

function serviceOf({ of }: World, pod: PodView): Subject | undefined {
  return of('Service', '').find((service) => {
    const selector = service.at('spec', 'selector').texts
    return isSame(service.namespace, pod.namespace) && Object.keys(selector).length > 0 && hasLabels(pod, selector)
  })
}

function isInMesh({ labels }: Subject): boolean {
  return isLabelled(labels) || labels['istio-injection'] === 'enabled'
}

function isLabelled(labels: Readonly<Record<string, string>>): boolean {
  const isAmbient = labels['istio.io/dataplane-mode'] === 'ambient'
  return isAmbient || labels['istio.io/rev'] !== undefined || labels['sidecar.istio.io/inject'] === 'true'
}
