import type { ImageContent } from '../archive/read-archive.ts'
import { type DebianPackage, debianPackages, type NpmPackage, npmPackages, usesOf } from './packages.ts'

/** Of which image. */
export interface Subject {
  /** Without tag and digest. */
  readonly repository: string
  readonly version: string
  /** Of Agentpolis, which wrote the bill. */
  readonly tool: string
  /** Seconds since the epoch: when the image says that it was made. */
  readonly epoch: number
}

/**
 * The bill of materials of an image, as CycloneDX 1.6: the packages of npm and of Debian that are in it, its system, and Node.
 *
 * The same image gives the same bill.
 */
export function billOfMaterials({ repository, version, tool, epoch }: Subject, image: ImageContent): unknown {
  const { digest, files } = image
  const packages = npmPackages(files)
  const system = systemOf(files)
  const [id = '', version_id = ''] = [system.get('ID'), system.get('VERSION_ID')]
  const parts = [
    ...(id === '' ? [] : [{ type: 'operating-system', 'bom-ref': 'system', name: id, version: version_id }]),
    ...nodeComponent(files),
    ...debianPackages(files).map((each) => debianComponent(each, id, version_id)),
    ...packages.map(npmComponent),
  ]
  const project: unknown = JSON.parse(files.get('app/package.json')?.toString('utf8') ?? '{}')
  const direct = [
    ...parts.map((part) => part['bom-ref']).filter((ref) => !ref.startsWith('npm:')),
    ...refs(usesOf('app', project, files)),
  ]
  return {
    ...{ $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json', bomFormat: 'CycloneDX', specVersion: '1.6' },
    ...{ serialNumber: serialNumber(digest), version: 1 },
    metadata: {
      timestamp: new Date(epoch * 1000).toISOString(),
      tools: { components: [{ type: 'application', name: 'agentpolis', version: tool }] },
      component: {
        ...{ type: 'container', 'bom-ref': 'image', name: repository, version },
        purl: `pkg:oci/${encodeURIComponent(repository.split('/').at(-1) ?? '')}@${encodeURIComponent(digest)}?repository_url=${encodeURIComponent(repository)}`,
        hashes: [{ alg: 'SHA-256', content: digest.replace('sha256:', '') }],
      },
    },
    components: parts,
    dependencies: [
      { ref: 'image', dependsOn: direct },
      ...packages.map(({ path, uses }) => ({ ref: `npm:${path}`, dependsOn: refs(uses) })),
    ],
  }
}

function refs(folders: readonly string[]): readonly string[] {
  return folders.map((folder) => `npm:${folder}`)
}

function systemOf(files: ReadonlyMap<string, Buffer>): ReadonlyMap<string, string> {
  const text = (files.get('etc/os-release') ?? files.get('usr/lib/os-release'))?.toString('utf8') ?? ''
  return new Map([...text.matchAll(/^(\w+)=["']?(.*?)["']?$/gm)].map(([, key = '', value = '']) => [key, value]))
}

function nodeComponent(files: ReadonlyMap<string, Buffer>) {
  const version = files.get('etc/node-release')?.toString('utf8').trim().replace(/^v/, '')
  if (version === undefined) return []
  return [
    {
      ...{ type: 'platform', 'bom-ref': 'node', name: 'node', version, purl: `pkg:generic/node@${version}` },
      cpe: `cpe:2.3:a:nodejs:node.js:${version}:*:*:*:*:*:*:*`,
    },
  ]
}

function debianComponent({ name, version, architecture }: DebianPackage, id: string, release: string) {
  const at = encodeURIComponent(version)
  const purl = `pkg:deb/${id || 'debian'}/${encodeURIComponent(name)}@${at}?arch=${architecture}&distro=${id}-${release}`
  return { type: 'library', 'bom-ref': `deb:${name}:${architecture}`, name, version, purl }
}

function npmComponent({ path, name, version, license, integrity }: NpmPackage) {
  const [scope, plain] = name.startsWith('@') ? name.split('/') : [undefined, name]
  const [algorithm, base64 = ''] = (integrity ?? '').split(' ')[0]?.split('-') ?? []
  const alg = algorithm === undefined ? undefined : HASHES[algorithm]
  return {
    ...{
      type: 'library',
      'bom-ref': `npm:${path}`,
      ...(scope === undefined ? {} : { group: scope }),
      name: plain ?? name,
      version,
    },
    ...(alg === undefined ? {} : { hashes: [{ alg, content: Buffer.from(base64, 'base64').toString('hex') }] }),
    ...(license === undefined ? {} : { licenses: [licenseOf(license)] }),
    purl: `pkg:npm/${name.replace('@', '%40')}@${encodeURIComponent(version)}`,
  }
}

const HASHES: Readonly<Record<string, string>> = {
  sha512: 'SHA-512',
  sha384: 'SHA-384',
  sha256: 'SHA-256',
  sha1: 'SHA-1',
}

// An SPDX expression, or whatever else a package says.
function licenseOf(license: string) {
  const isExpression = /^[\w.+\-() ]+$/.test(license) && !/^(SEE LICENSE|UNLICENSED)/i.test(license)
  return isExpression ? { expression: license } : { license: { name: license } }
}

// The same for the same image: of the form of a UUID, version 8.
function serialNumber(digest: string): string {
  const hex = digest.replace('sha256:', '')
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)]
  return `urn:uuid:${parts.join('-')}`
}
