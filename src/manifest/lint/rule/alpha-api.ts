import type { Rule } from '../rule.ts'

export const alphaApi: Rule = {
  id: 'alpha-api',
  severity: 'warning',
  title: 'An alpha version of an API is used',
  explanation:
    'Alpha versions of Kubernetes are off by default, and change or go with any release. Those that are the only ones of an operator, as of KEDA, are not meant.',
  source: 'https://kubernetes.io/docs/reference/using-api/#api-versioning',
  *check({ subjects, schemas }) {
    for (const subject of subjects) {
      if (!/alpha/.test(subject.version)) continue
      const better = schemas.versionsOf(subject.group, subject.kind).filter((version) => !/alpha/.test(version))
      const isNative = subject.group.endsWith('.k8s.io') && !subject.group.startsWith('gateway.')
      if (better.length === 0 && !isNative) continue
      const advice =
        better.length === 0 ? 'a cluster serves it only when told to' : `${subject.group}/${better.at(-1)} is there`
      yield { at: subject.at('apiVersion'), message: `${subject.apiVersion} is alpha: ${advice}` }
    }
  },
}
