import { nearest } from '../../../core/nearest.ts'
import type { Subject } from '../field.ts'
import type { World } from '../world.ts'

/** What a host name leads to: a Service of these files, none although it should, or somewhere else. */
export type HostTarget =
  | { readonly kind: 'service'; readonly service: Subject }
  | { readonly kind: 'missing'; readonly service: string; readonly namespace: string }
  | { readonly kind: 'elsewhere' }

const ELSEWHERE: HostTarget = { kind: 'elsewhere' }

/**
 * Follows a name within the cluster: `web`, `web.shop`, `web.shop.svc.cluster.local`, `pod-0.web.shop.svc`.
 *
 * Namespaces of which nothing is here are elsewhere. `short` says whether a name without dots is a Service.
 */
export function followHost(world: World, host: string, namespace: string, short = true): HostTarget {
  const parts = host
    .replace(/\.$/, '')
    .replace(/\.cluster\.local$/, '')
    .split('.')
  const isFull = parts.at(-1) === 'svc'
  const words = isFull ? parts.slice(0, -1) : parts
  if (
    !isFull &&
    (words.length > 2 || (words.length === 1 && !short) || (words.length === 2 && !isOurs(world, words[1] ?? '')))
  ) {
    return ELSEWHERE
  }
  const within = words.length === 1 ? namespace : (words.at(-1) ?? namespace)
  // A pod of a headless Service comes before its name.
  const name = (words.length > 2 ? words.at(-2) : words[0]) ?? ''
  if (!isOurs(world, within)) {
    return isMistyped(world, name, within) ? { kind: 'missing', service: name, namespace: within } : ELSEWHERE
  }
  const service = world.find('Service', within, name)
  return service === undefined ? { kind: 'missing', service: name, namespace: within } : { kind: 'service', service }
}

function isOurs({ subjects, providedOf }: World, namespace: string): boolean {
  if (providedOf('Service', namespace, '*') !== undefined) return false
  return subjects.some((subject) => subject.kind !== 'Namespace' && subject.namespace === namespace)
}

// Almost the name of a namespace that has such a Service.
function isMistyped({ of }: World, service: string, namespace: string): boolean {
  const namespaces = of('Service', '').flatMap((it) =>
    it.name === service && it.namespace !== '' ? [it.namespace] : [],
  )
  return nearest(namespace, namespaces) !== undefined
}

/** Whether a Service has this port, by number or name. */
export function hasPort(service: Subject, port: string | number): boolean {
  const ports = service.at('spec', 'ports').items
  return ports.some((each) => each.at('port').value === port || each.at('name').value === port)
}

/** The ports of a Service, for people. */
export function showPorts(service: Subject): string {
  const ports = service.at('spec', 'ports').items
  return ports
    .map((port) => [port.at('name').text, port.at('port').value].filter((it) => it !== undefined).join(' '))
    .join(', ')
}
