import type { Rule } from '../rule.ts'

const MOVING = ['latest', 'main', 'master', 'edge', 'nightly', 'stable', 'dev', 'develop']

export const movingImage: Rule = {
  id: 'moving-image',
  severity: 'warning',
  title: 'An image has a tag that moves',
  explanation:
    'What runs is whatever the tag meant when the node pulled it: two pods of one Deployment may differ, and a rollback brings nothing back. Name a version, better a digest.',
  source: 'https://kubernetes.io/docs/concepts/containers/images/#image-names',
  *check({ pods }) {
    for (const image of pods.flatMap(({ allContainers }) => allContainers.map((it) => it.at('image')))) {
      if (image.text === undefined || image.text.includes('@')) continue
      const tag = /:([^/:]+)$/.exec(image.text)?.[1]
      if (tag === undefined) yield { at: image, message: `'${image.text}' has no tag, which means latest` }
      else if (MOVING.includes(tag)) yield { at: image, message: `'${tag}' moves` }
    }
  },
}
