import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allAddresses, hostPeer, publicAddresses } from './address.ts'

test('The internet is everything but private addresses, the metadata address among them', () => {
  const peer = publicAddresses('the internet', '0.0.0.0/0')
  assert.ok(peer.kind === 'addresses')
  assert.deepEqual(peer.except, [
    ...['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'],
  ])
})

test('The internet of IPv6 is without its private addresses, and none of IPv4', () => {
  const peer = publicAddresses('the internet', '::/0')
  assert.ok(peer.kind === 'addresses')
  assert.deepEqual(peer.except, ['fc00::/7', 'fe80::/10'])
})

test('A range of private addresses is meant, and has none but the metadata address left out', () => {
  for (const cidr of ['10.1.0.0/16', '10.0.0.0/8', '172.20.0.0/16']) {
    assert.deepEqual(publicAddresses('a network', cidr), { kind: 'addresses', about: 'a network', cidr, except: [] })
  }
  const local = publicAddresses('link-local', '169.254.0.0/16')
  assert.ok(local.kind === 'addresses')
  assert.deepEqual(local.except, ['169.254.169.254/32'])
})

test('A range that has a private one in it leaves out that one alone', () => {
  const peer = publicAddresses('a network', '172.0.0.0/8')
  assert.ok(peer.kind === 'addresses')
  assert.deepEqual(peer.except, ['172.16.0.0/12'])
})

test('All addresses are without the metadata address', () => {
  assert.deepEqual(allAddresses('Redis', '0.0.0.0/0'), {
    ...{ kind: 'addresses', about: 'Redis', cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] },
  })
})

test('A host is an address, pods of a namespace, or anywhere', () => {
  assert.deepEqual(hostPeer('traces', '10.1.2.3'), allAddresses('traces', '10.1.2.3/32'))
  assert.deepEqual(hostPeer('traces', '[fd00::1]'), allAddresses('traces', 'fd00::1/128'))
  assert.deepEqual(hostPeer('traces', 'otel.observability.svc.cluster.local'), {
    ...{ kind: 'pods', about: 'traces', namespace: { 'kubernetes.io/metadata.name': 'observability' } },
  })
  assert.deepEqual(hostPeer('traces', 'otel.example.com'), allAddresses('traces', '0.0.0.0/0'))
})
