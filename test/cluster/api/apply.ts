import { type KubernetesObject, nameOf } from '../../../src/manifest/object.ts'
import type { Answer, Client } from './client.ts'
import { type FindResource, pathOfObject } from './resource.ts'

/** What became of an object. */
export interface Applied {
  /** Such as `Deployment shop/desk`. */
  readonly name: string
  readonly answer: Answer
}

export interface ApplyOptions {
  /** Only whether it would be admitted. */
  readonly dryRun?: boolean
}

/** Applies an object on the server, which refuses fields that it does not know. */
export async function applyObject(
  client: Client,
  find: FindResource,
  object: KubernetesObject,
  { dryRun = false }: ApplyOptions = {},
): Promise<Applied> {
  const name = nameOf(object)
  const resource = await find(object)
  if (resource === undefined) {
    const message = `the server has no ${object.kind} of ${object.apiVersion}`
    return { name, answer: { status: 404, body: { message }, warnings: [] } }
  }
  const answer = await client.ask('PATCH', pathOfObject(resource, object), {
    query: { fieldManager: 'polis', fieldValidation: 'Strict', force: 'true', ...(dryRun ? { dryRun: 'All' } : {}) },
    contentType: 'application/apply-patch+yaml',
    body: object,
  })
  return { name, answer }
}

/** What is wrong with answers: refusals and warnings, a line each. */
export function complaintsOf(applied: readonly Applied[]): readonly string[] {
  return applied.flatMap(({ name, answer: { status, body, warnings } }) => [
    ...(status < 300 ? [] : [`${name}: ${status} ${body.message}`]),
    ...warnings.map((warning) => `${name}: warning: ${warning}`),
  ])
}
