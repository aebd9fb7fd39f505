import type { Rule } from '../rule.ts'

export const unknownKind: Rule = {
  id: 'unknown-kind',
  severity: 'error',
  title: 'An API has no such kind',
  explanation:
    'The API server knows no kind of this name in this version, so the object is refused. Versions that were served once and are gone have a rule of their own.',
  source: 'https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/',
  *check({ subjects, schemas }) {
    for (const { root, group, version, kind, apiVersion } of subjects) {
      if (apiVersion === '' || !schemas.isKnownGroup(group)) continue
      const versions = schemas.versionsOf(group, kind)
      if (versions.includes(version) || isRemoved(version, versions)) continue
      const advice = versions.length === 0 ? '' : `; ${versions.join(', ')} has it`
      yield {
        at: root.at(versions.length === 0 ? 'kind' : 'apiVersion'),
        message: `${apiVersion} has no kind '${kind}'${advice}`,
      }
    }
  },
}

function isRemoved(version: string, versions: readonly string[]): boolean {
  return /^v\d+(alpha|beta)\d+$/.test(version) && versions.length > 0
}
