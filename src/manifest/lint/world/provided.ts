import type { Subject } from '../field.ts'

/** An object that exists without being among those that are linted. */
export interface Provided {
  readonly kind: string
  /** Empty for any. */
  readonly namespace: string
  readonly name: string
  /** What it holds; undefined where that is not known. */
  readonly keys?: readonly string[]
}

/** What every namespace has. */
export const EVERYWHERE: readonly Provided[] = [
  { kind: 'ConfigMap', namespace: '', name: 'kube-root-ca.crt', keys: ['ca.crt'] },
]

/** On any object: `Secret/name (key, key), ConfigMap/name`, which others make. */
const PROVIDED_ANNOTATION = 'lint.agentpolis.dev/provided'

/** What an object says, or means, that others make. */
export function providedBy(subject: Subject): readonly Provided[] {
  return [...announced(subject), ...(MAKERS[subject.kind]?.(subject) ?? [])]
}

/** Whether this is the object that is looked for. */
export function namesIn(provided: Provided, kind: string, namespace: string, name: string): boolean {
  const { namespace: own } = provided
  return provided.kind === kind && provided.name === name && (own === namespace || own === '' || namespace === '')
}

function announced({ annotations, namespace, kind, name }: Subject): readonly Provided[] {
  const text = annotations[PROVIDED_ANNOTATION] ?? ''
  const within = kind === 'Namespace' ? name : namespace
  return [...text.matchAll(/(\w+)\/([\w.-]+)(?:\s*\(([^)]*)\))?/g)].map(([, of = '', named = '', keys]) => ({
    ...{ kind: of, namespace: within, name: named },
    ...(keys === undefined ? {} : { keys: keys.split(',').map((key) => key.trim()) }),
  }))
}

const TLS_KEYS = ['tls.crt', 'tls.key', 'ca.crt']

const MAKERS: Readonly<Record<string, (subject: Subject) => readonly Provided[]>> = {
  ExternalSecret: (subject) => externalSecret(subject, subject.namespace),
  ClusterExternalSecret: (subject) => externalSecret(subject, ''),
  SealedSecret: ({ root, name, namespace }) => [
    {
      ...{ kind: 'Secret', namespace, name: root.at('spec', 'template', 'metadata', 'name').text ?? name },
      keys: Object.keys({ ...root.at('spec', 'encryptedData').texts, ...root.at('spec', 'template', 'data').texts }),
    },
  ],
  Certificate: ({ root, namespace }) => {
    const name = root.at('spec', 'secretName').text
    return name === undefined ? [] : [{ kind: 'Secret', namespace, name, keys: TLS_KEYS }]
  },
  Namespace: ({ name }) => [{ kind: 'ServiceAccount', namespace: name, name: 'default' }],
}

function externalSecret({ root, name }: Subject, namespace: string): readonly Provided[] {
  const spec = root.at('spec', 'externalSecretSpec').exists ? root.at('spec', 'externalSecretSpec') : root.at('spec')
  const target = spec.at('target', 'name').text ?? name
  // What is extracted, found or templated has keys that only the store knows.
  const isOpen = spec.at('dataFrom').exists || spec.at('target', 'template', 'templateFrom').exists
  const keys = [
    ...spec.at('data').items.flatMap((item) => item.at('secretKey').text ?? []),
    ...Object.keys(spec.at('target', 'template', 'data').texts),
  ]
  return [{ kind: 'Secret', namespace, name: target, ...(isOpen ? {} : { keys }) }]
}
