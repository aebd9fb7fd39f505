import assert from 'node:assert/strict'
import { test } from 'node:test'
import { billOfMaterials } from './bill-of-materials.ts'

const subject = { repository: 'registry.example/shop/desk', version: '1', tool: '0.1.0', epoch: 86_400 }
const digest = `sha256:${'0123456789abcdef'.repeat(4)}`

test('a bill lists the system, Node, and packages of Debian and npm, with what uses what', () => {
  const bill = billOf({
    'app/package.json': { name: 'desk', dependencies: { '@scope/a': '*' } },
    'app/node_modules/@scope/a/package.json': {
      name: '@scope/a',
      version: '1.0.0',
      license: 'MIT',
      dependencies: { b: '*' },
    },
    'app/node_modules/@scope/a/node_modules/b/package.json': {
      name: 'b',
      version: '2.0.0',
      license: 'SEE LICENSE IN LICENSE',
    },
    'app/node_modules/b/package.json': { name: 'b', version: '1.0.0' },
    'app/node_modules/.package-lock.json': { packages: { 'node_modules/@scope/a': { integrity: 'sha512-AAEC' } } },
    'etc/os-release': 'ID=debian\nVERSION_ID="12"\n',
    'etc/node-release': 'v26.10.0\n',
    'var/lib/dpkg/status': [
      'Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.36-9+deb12u14\n',
      'Package: gone\nStatus: deinstall ok config-files\nArchitecture: amd64\nVersion: 1\n',
    ].join('\n'),
  })
  assert.deepEqual(
    bill.components.map(({ purl, name, version }) => purl ?? `${name} ${version}`),
    [
      'debian 12',
      'pkg:generic/node@26.10.0',
      'pkg:deb/debian/libc6@2.36-9%2Bdeb12u14?arch=amd64&distro=debian-12',
      'pkg:npm/%40scope/a@1.0.0',
      'pkg:npm/b@2.0.0',
      'pkg:npm/b@1.0.0',
    ],
  )
  assert.deepEqual(bill.components[3]?.hashes, [{ alg: 'SHA-512', content: '000102' }])
  assert.deepEqual(bill.components[4]?.licenses, [{ license: { name: 'SEE LICENSE IN LICENSE' } }])
  const a = 'npm:app/node_modules/@scope/a'
  assert.deepEqual(bill.dependencies[0]?.dependsOn, ['system', 'node', 'deb:libc6:amd64', a])
  assert.deepEqual(bill.dependencies[1], { ref: a, dependsOn: [`${a}/node_modules/b`] })
})

test('a bill of an image that says nothing of its system has its packages of npm alone', () => {
  const bill = billOf({ 'srv/node_modules/a/package.json': { name: 'a', version: '1.0.0' }, 'app/package.json': {} })
  assert.deepEqual(
    bill.components.map(({ name }) => name),
    ['a'],
  )
})

interface Bill {
  readonly components: readonly Readonly<Record<string, unknown>>[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[]
}

function billOf(files: Readonly<Record<string, unknown>>): Bill {
  const texts = Object.entries(files).map(([path, content]): [string, Buffer] => [
    path,
    Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)),
  ])
  const image = { digest, size: 1, user: '10001', architecture: 'amd64', files: new Map(texts) }
  return billOfMaterials(subject, image) as Bill
}
