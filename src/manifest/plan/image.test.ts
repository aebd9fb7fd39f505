import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resolveEnvironment } from '../resolve.ts'
import { planImage, taggedImage } from './image.ts'

const spec = resolveEnvironment({ image: { repository: 'registry.example:5000/shop/desk' } }, undefined)
const [digest, other] = [`sha256:${'0'.repeat(64)}`, `sha256:${'1'.repeat(64)}`]
const built = { reference: 'registry.example:5000/shop/desk:any', digest, release: 'r1' }

test('pods run the image that was built of their release, by its digest', () => {
  assert.equal(planImage('desk', spec, 'r1', built), `registry.example:5000/shop/desk@${digest}`)
})

test('an image of another release or repository is not theirs', () => {
  assert.equal(planImage('desk', spec, 'r2', built), 'registry.example:5000/shop/desk:r2')
  assert.equal(planImage('desk', resolveEnvironment({}, undefined), 'r1', built), 'desk:r1')
  assert.equal(taggedImage('desk', resolveEnvironment({ image: { tag: 'v1' } }, undefined), 'r1'), 'desk:v1')
})

test('a digest that the deployment names wins', () => {
  const pinned = resolveEnvironment(
    { image: { repository: 'registry.example:5000/shop/desk', digest: other } },
    undefined,
  )
  assert.equal(planImage('desk', pinned, 'r1', built), `registry.example:5000/shop/desk@${other}`)
})
