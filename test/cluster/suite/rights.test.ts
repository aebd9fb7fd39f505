import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { allows, rulesOf, type Wish, wishesOf } from '../access.ts'
import { deploy } from '../deploy.ts'
import { type Cluster, openCluster, skipWithoutCluster } from '../open-cluster.ts'
import { podTemplatesOf } from '../pod-template.ts'
import { EXAMPLES, VARIANTS } from '../variant.ts'

let cluster: Cluster

suite('What service accounts may do, as the API server says', { skip: skipWithoutCluster() }, () => {
  before(async () => {
    cluster = await openCluster()
  })
  after(() => cluster[Symbol.asyncDispose]())

  for (const variant of [...EXAMPLES, ...VARIANTS]) {
    test(`${variant.name} gives each its rules and nothing beside, and a token to none that has none`, async (t) => {
      const deployed = await deploy(t, cluster, variant)
      if (deployed === undefined) return
      const { namespace, objects } = deployed
      const given = rulesOf(objects)
      for (const { of, pod } of podTemplatesOf(objects)) {
        const { serviceAccountName = 'default', automountServiceAccountToken } = pod.spec
        const isNeeded = (given.get(serviceAccountName) ?? []).length > 0
        assert.equal(automountServiceAccountToken ?? true, isNeeded, `${of} as ${serviceAccountName}`)
      }
      for (const [account, rules] of given) {
        for (const wish of wishesOf(rules, namespace)) assert.equal(await may(namespace, account, wish), true)
        const others = temptations(namespace).filter((wish) => !allows(rules, wish))
        for (const wish of others)
          assert.equal(await may(namespace, account, wish), false, `${account}: ${JSON.stringify(wish)}`)
      }
    })
  }

  test('The API server refuses what a rule does not name, and allows what it does', async (t) => {
    const [variant] = VARIANTS
    assert.ok(variant)
    const deployed = await deploy(t, cluster, variant)
    assert.ok(deployed)
    const { namespace } = deployed
    await grant(namespace)
    const wish = { namespace, group: '', resource: 'configmaps', verb: 'get' }
    assert.equal(await may(namespace, 'reader', { ...wish, name: 'one' }), true)
    assert.equal(await may(namespace, 'reader', { ...wish, name: 'two' }), false)
    assert.equal(await may(namespace, 'reader', { ...wish, name: 'one', verb: 'update' }), false)
    assert.equal(await may(namespace, 'reader', { ...wish, name: 'one', namespace: 'default' }), false)
  })
})

/** What an intruder would try from inside a pod. */
function temptations(namespace: string): readonly Wish[] {
  const own = { namespace, group: '' }
  const apps = { namespace, group: 'apps', resource: 'deployments' }
  const rbac = { namespace, group: 'rbac.authorization.k8s.io' }
  return [
    ...['get', 'list', 'watch', 'create', 'update', 'delete'].map((verb) => ({ ...own, resource: 'secrets', verb })),
    ...['list', 'create', 'delete'].map((verb) => ({ ...own, resource: 'pods', verb })),
    ...['create', 'get'].map((verb) => ({ ...own, resource: 'pods', subresource: 'exec', verb })),
    ...['list', 'update'].map((verb) => ({ ...own, resource: 'configmaps', verb })),
    { ...own, resource: 'serviceaccounts', subresource: 'token', verb: 'create' },
    ...['create', 'patch', 'delete'].map((verb) => ({ ...apps, verb })),
    ...['create', 'bind', 'escalate'].map((verb) => ({ ...rbac, resource: 'roles', verb })),
    { ...rbac, resource: 'rolebindings', verb: 'create' },
    { ...own, namespace: 'kube-system', resource: 'secrets', verb: 'get' },
    { ...own, namespace: '', resource: 'nodes', verb: 'list' },
    { ...own, namespace: '', resource: 'namespaces', verb: 'list' },
  ]
}

async function may(namespace: string, account: string, wish: Wish): Promise<boolean> {
  const user = `system:serviceaccount:${namespace}:${account}`
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated']
  const { status, body } = await cluster.client.ask('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
    body: {
      ...{ apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview' },
      spec: { user, groups, resourceAttributes: wish },
    },
  })
  assert.equal(status, 201, body.message)
  return body.status.allowed
}

async function grant(namespace: string): Promise<void> {
  const [root, apiVersion] = ['/apis/rbac.authorization.k8s.io/v1', 'rbac.authorization.k8s.io/v1']
  const metadata = { name: 'reader' }
  const rules = [{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['one'], verbs: ['get'] }]
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' }
  const subjects = [{ kind: 'ServiceAccount', name: 'reader', namespace }]
  const made = [
    ['roles', { apiVersion, kind: 'Role', metadata, rules }],
    ['rolebindings', { apiVersion, kind: 'RoleBinding', metadata, roleRef, subjects }],
  ] as const
  for (const [name, body] of made) {
    const { status } = await cluster.client.ask('POST', `${root}/namespaces/${namespace}/${name}`, { body })
    assert.equal(status, 201)
  }
}
