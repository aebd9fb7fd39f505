import type { KubernetesObject } from '../../src/manifest/object.ts'

/** What somebody may want to do, as a SubjectAccessReview asks. */
export interface Wish {
  readonly namespace: string
  readonly group: string
  readonly resource: string
  readonly subresource?: string
  readonly verb: string
  readonly name?: string
}

/** A rule of a Role. */
export interface Rule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
  readonly resourceNames?: readonly string[]
}

/** The rules that manifests give to each service account of a namespace; one without any has none. */
export function rulesOf(objects: readonly KubernetesObject[]): ReadonlyMap<string, readonly Rule[]> {
  const accounts = objects.filter(({ kind }) => kind === 'ServiceAccount').map(({ metadata }) => metadata.name)
  const rules = new Map<string, readonly Rule[]>([...accounts, 'default'].map((name) => [name, []]))
  for (const binding of objects.filter(({ kind }) => kind === 'RoleBinding')) {
    const { roleRef, subjects } = binding as unknown as Binding
    const role = objects.find(({ kind, metadata }) => kind === roleRef.kind && metadata.name === roleRef.name)
    const given = (role as unknown as { readonly rules: readonly Rule[] } | undefined)?.rules
    if (given === undefined) throw new Error(`RoleBinding ${binding.metadata.name} names a role that is not there`)
    for (const { name } of subjects.filter(({ kind }) => kind === 'ServiceAccount'))
      rules.set(name, [...(rules.get(name) ?? []), ...given])
  }
  return rules
}

/** Whether one of the rules allows it. */
export function allows(rules: readonly Rule[], { group, resource, subresource, verb, name }: Wish): boolean {
  const wanted = subresource === undefined ? resource : `${resource}/${subresource}`
  return rules.some(
    ({ apiGroups, resources, verbs, resourceNames = [] }) =>
      apiGroups.includes(group) &&
      resources.includes(wanted) &&
      verbs.includes(verb) &&
      (resourceNames.length === 0 || (name !== undefined && resourceNames.includes(name))),
  )
}

/** Everything that the rules allow, each wish once. */
export function wishesOf(rules: readonly Rule[], namespace: string): readonly Wish[] {
  return rules.flatMap(({ apiGroups, resources, verbs, resourceNames = [undefined] }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((path) =>
        verbs.flatMap((verb) =>
          resourceNames.map((name) => {
            const [resource = '', subresource] = path.split('/')
            const named = name === undefined ? {} : { name }
            return { namespace, group, resource, verb, ...named, ...(subresource === undefined ? {} : { subresource }) }
          }),
        ),
      ),
    ),
  )
}

interface Binding {
  readonly roleRef: { readonly kind: string; readonly name: string }
  readonly subjects: readonly { readonly kind: string; readonly name: string }[]
}
