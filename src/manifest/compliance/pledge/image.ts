import type { Plan } from '../../plan.ts'
import type { Pledge } from '../pledge.ts'

/** Containers that a mesh puts into pods: their images are its administrator's. */
const OF_MESH = ['istio-proxy', 'istio-init', 'istio-validation']

/** What was tested is what runs. */
export const PINNED_IMAGES: Pledge = {
  id: 'pinned-images',
  text: 'images are pinned by their digest',
  regimes: 'every',
  missing: (plan) =>
    imagesOf(plan)
      .filter(([, image]) => !/@sha256:[0-9a-f]{64}$/.test(image))
      .map(([option, image]) => `${option}: expected an image with its digest (name@sha256:…), got ${image}`),
  conditions: ({ spec }) => {
    const isPinned = "c.?image.orValue('').matches('@sha256:[0-9a-f]{64}$')"
    const isOfMesh = `c.name in [${OF_MESH.map((name) => `'${name}'`).join(', ')}]`
    const isRight = spec.mesh.kind === 'none' ? isPinned : `${isOfMesh} || ${isPinned}`
    const expression = `variables.containers.all(c, ${isRight})`
    return [
      ...(['pods', 'templates', 'cron-jobs'] as const).map((subject) => ({ subject, expression })),
      { subject: 'pods', expression: `object.spec.?ephemeralContainers.orValue([]).all(c, ${isPinned})` },
    ]
  },
}

function imagesOf({ image, spec }: Plan): readonly (readonly [string, string])[] {
  const { redis, modelServers } = spec
  return [
    ['deployment.image.digest', image],
    ...(redis.kind === 'managed' ? [['deployment.redis.image', redis.image] as const] : []),
    ...Object.entries(modelServers).map(
      ([name, server]) => [`deployment.modelServers.${name}.image`, server.image] as const,
    ),
  ]
}
