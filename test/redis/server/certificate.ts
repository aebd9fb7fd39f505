import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findBinary } from './binary.ts'

/** Paths of PEM files: an authority, and what it signed for a server on 127.0.0.1 and localhost, and for a client. */
export interface Certificates {
  readonly ca: string
  readonly server: KeyPair
  readonly client: KeyPair
}

export interface KeyPair {
  readonly cert: string
  readonly key: string
}

/** Makes an authority and both certificates in a folder, with openssl; they are good for two days. */
export function makeCertificates(folder: string): Certificates {
  const ca = { cert: join(folder, 'ca.pem'), key: join(folder, 'ca.key') }
  openssl('req', '-x509', ...newKey(ca.key), '-out', ca.cert, '-days', '2', '-subj', '/CN=Authority of a test')
  return { ca: ca.cert, server: sign(folder, ca, 'server'), client: sign(folder, ca, 'client') }
}

function sign(folder: string, ca: KeyPair, name: string): KeyPair {
  const pair = { cert: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) }
  const [request, extension] = [join(folder, `${name}.csr`), join(folder, `${name}.ext`)]
  writeFileSync(extension, 'subjectAltName=IP:127.0.0.1,DNS:localhost\n')
  openssl('req', '-new', ...newKey(pair.key), '-out', request, '-subj', `/CN=${name}`)
  const by = ['-CA', ca.cert, '-CAkey', ca.key, '-CAcreateserial']
  openssl('x509', '-req', '-in', request, ...by, '-out', pair.cert, '-days', '2', '-extfile', extension)
  return pair
}

function newKey(path: string): readonly string[] {
  return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', path]
}

function openssl(...args: readonly string[]): void {
  execFileSync(findBinary('openssl') ?? 'openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] })
}
