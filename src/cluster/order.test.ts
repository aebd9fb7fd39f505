import assert from 'node:assert/strict'
import { test } from 'node:test'
import { object, target } from './fake/fixture.ts'
import { stagesOf } from './order.ts'

test('Objects are applied in the order of what they need, whatever order they come in', () => {
  const objects = target('r1').objects.toReversed()
  const names = stagesOf(objects).map(({ name, objects: own }) => [name, ...own.map(({ kind }) => kind)])
  assert.deepEqual(names, [
    ['namespace', 'Namespace'],
    ['configuration', 'ConfigMap'],
    ['state', 'StatefulSet'],
    ['workloads', 'Deployment'],
    ['scaling', 'HorizontalPodAutoscaler'],
    ['traffic', 'Service'],
  ])
})

test('What state is reached through comes before it, and other Services after the workloads', () => {
  const stages = stagesOf([
    object('apps/v1', 'StatefulSet', 'desk-redis', { spec: { serviceName: 'desk-redis' } }),
    object('v1', 'Service', 'desk'),
    object('v1', 'Service', 'desk-redis'),
    object('apps/v1', 'Deployment', 'desk'),
  ])
  assert.deepEqual(
    stages.map(({ name, objects }) => [name, ...objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)]),
    [
      ['state', 'Service desk-redis', 'StatefulSet desk-redis'],
      ['workloads', 'Deployment desk'],
      ['traffic', 'Service desk'],
    ],
  )
})

test('A kind that nobody knows comes last', () => {
  const [last] = stagesOf([object('example.com/v1', 'Surprise', 'it')])
  assert.deepEqual([last?.name, last?.gate], ['rest', false])
})
