import type { Component } from '../component.ts'

/** One end of a flow. */
export type Peer =
  /** Pods of the deployment. */
  | { readonly kind: 'component'; readonly component: Component }
  /** Every pod of the namespace, also those of others. */
  | { readonly kind: 'namespace' }
  /** Pods of others, by labels of their namespace and of themselves; without those of a namespace, in ours. */
  | {
      readonly kind: 'pods'
      readonly about: string
      readonly namespace?: Readonly<Record<string, string>>
      readonly pods?: Readonly<Record<string, string>>
    }
  | {
      readonly kind: 'addresses'
      readonly about: string
      readonly cidr: string
      /** Within it, but left out. */
      readonly except: readonly string[]
    }

/** Somebody who may open connections to somebody; TCP, where it says nothing else. */
export interface Flow {
  readonly from: Peer
  readonly to: Peer
  readonly ports: readonly FlowPort[]
  /** What for, in a few words. */
  readonly why: string
}

/** A port of those who are connected to. */
export interface FlowPort {
  readonly number: number
  readonly protocol?: 'UDP'
}

/** Pods of the deployment, as an end of a flow. */
export function component(name: Component): Peer {
  return { kind: 'component', component: name }
}

/** Pods of others, as an end of a flow; labels that are empty say nothing. */
export function podsOf(
  about: string,
  namespace: Readonly<Record<string, string>>,
  pods: Readonly<Record<string, string>> = {},
): Peer {
  return {
    ...{ kind: 'pods', about },
    ...(Object.keys(namespace).length === 0 ? {} : { namespace }),
    ...(Object.keys(pods).length === 0 ? {} : { pods }),
  }
}

/** Labels of a namespace, by its name. */
export function namespaceLabels(name: string): Readonly<Record<string, string>> {
  return { 'kubernetes.io/metadata.name': name }
}

/** Ports of TCP. */
export function tcp(...numbers: readonly number[]): readonly FlowPort[] {
  return [...new Set(numbers)].map((number) => ({ number }))
}

/** How people call one end. */
export function describePeer(peer: Peer): string {
  if (peer.kind === 'component') return peer.component
  return peer.kind === 'namespace' ? 'the namespace' : peer.about
}

/** A flow in a line: `agents → redis 6379: runs are kept there`. */
export function describeFlow({ from, to, ports, why }: Flow): string {
  const numbers = ports.map(({ number, protocol }) => (protocol === undefined ? String(number) : `${number}/UDP`))
  return `${describePeer(from)} → ${describePeer(to)} ${numbers.join(', ')}: ${why}`
}
