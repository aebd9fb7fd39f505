import type { Rule } from '../rule.ts'

const REFERENCE =
  /^(?:(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::\d+)?)\/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/

export const invalidImage: Rule = {
  id: 'invalid-image',
  severity: 'error',
  title: 'The name of an image is none',
  explanation:
    'The kubelet cannot pull it (InvalidImageName). Repositories are in lower case; a digest is `sha256:` and 64 hexadecimal digits.',
  source: 'https://kubernetes.io/docs/concepts/containers/images/#image-names',
  *check({ pods }) {
    for (const container of pods.flatMap(({ allContainers }) => allContainers)) {
      const image = container.at('image')
      if (!image.exists || image.text === '')
        yield { at: image, message: `Container '${container.at('name').text}' has no image` }
      else if (image.text !== undefined && !REFERENCE.test(image.text))
        yield { at: image, message: `'${image.text}' names no image` }
    }
  },
}
