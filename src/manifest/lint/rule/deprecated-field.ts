import type { Field } from '../field.ts'
import type { Rule } from '../rule.ts'

/** Fields of kinds that are deprecated, and what took their place. */
const FIELDS: Readonly<Record<string, readonly (readonly [path: readonly string[], instead: string])[]>> = {
  Service: [
    [['spec', 'loadBalancerIP'], 'an annotation of the provider'],
    [['spec', 'externalIPs'], 'a Gateway or a LoadBalancer'],
  ],
  DestinationRule: [
    [
      ['spec', 'trafficPolicy', 'outlierDetection', 'consecutiveErrors'],
      'consecutive5xxErrors or consecutiveGatewayErrors',
    ],
    [['spec', 'trafficPolicy', 'loadBalancer', 'warmupDurationSecs'], 'warmup'],
  ],
}

const POD_FIELDS: readonly (readonly [name: string, instead: string])[] = [
  ['serviceAccount', 'serviceAccountName'],
  ['gitRepo', 'an init container that clones'],
  ...['cephfs', 'cinder', 'flexVolume', 'flocker', 'glusterfs', 'photonPersistentDisk', 'portworxVolume'].map(ofDriver),
  ...['quobyte', 'rbd', 'scaleIO', 'storageos', 'vsphereVolume', 'awsElasticBlockStore', 'azureDisk'].map(ofDriver),
  ...['azureFile', 'gcePersistentDisk'].map(ofDriver),
]

function ofDriver(name: string): readonly [string, string] {
  return [name, 'a claim or a CSI volume of its driver']
}

/** Names of load balancers of Istio that are gone. */
const BALANCERS = ['LEAST_CONN']

export const deprecatedField: Rule = {
  id: 'deprecated-field',
  severity: 'warning',
  title: 'A field is deprecated, and may do nothing',
  explanation:
    'Such fields are kept so that old manifests can be read; what runs may ignore them, as Istio does with `consecutiveErrors`: a circuit breaker that never opens. Use what took their place.',
  source: 'https://istio.io/latest/docs/reference/config/networking/destination-rule/#OutlierDetection',
  *check({ subjects, pods, of }) {
    for (const { kind, root } of subjects) {
      for (const [path, instead] of FIELDS[kind] ?? []) {
        const field = root.at(...path)
        if (field.exists) yield { at: field, message: `'${path.at(-1)}' is deprecated: use ${instead}` }
      }
    }
    for (const { spec } of pods) {
      const holders: readonly Field[] = [spec, ...spec.at('volumes').items]
      for (const [name, instead] of POD_FIELDS) {
        for (const field of holders.map((holder) => holder.at(name))) {
          if (field.exists) yield { at: field, message: `'${name}' is deprecated: use ${instead}` }
        }
      }
    }
    for (const simple of of('DestinationRule').map((rule) =>
      rule.at('spec', 'trafficPolicy', 'loadBalancer', 'simple'),
    )) {
      if (BALANCERS.includes(simple.text ?? '')) {
        yield {
          at: simple,
          message: 'LEAST_CONN is now LEAST_REQUEST',
          fix: [{ kind: 'set', path: simple.path, value: 'LEAST_REQUEST' }],
        }
      }
    }
  },
}
