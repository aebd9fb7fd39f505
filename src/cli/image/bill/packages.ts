import { posix } from 'node:path'

/** A package of npm in an image. */
export interface NpmPackage {
  /** Of its folder. */
  readonly path: string
  readonly name: string
  readonly version: string
  readonly license: string | undefined
  /** As npm writes it: `sha512-…`, in base64. */
  readonly integrity: string | undefined
  /** Folders of the packages that it uses. */
  readonly uses: readonly string[]
}

interface PackageJson {
  readonly name?: unknown
  readonly version?: unknown
  readonly license?: unknown
  readonly dependencies?: Readonly<Record<string, unknown>>
  readonly optionalDependencies?: Readonly<Record<string, unknown>>
  readonly peerDependencies?: Readonly<Record<string, unknown>>
}

/** The packages of npm that are in an image, by the `package.json` of each; npm's own lock file beside them says how each was checked. */
export function npmPackages(files: ReadonlyMap<string, Buffer>): readonly NpmPackage[] {
  const integrities = readIntegrities(files)
  return [...files]
    .filter(([path]) => path.endsWith('/package.json') && path.includes('node_modules/'))
    .map(([path, content]): NpmPackage | undefined => {
      const folder = posix.dirname(path)
      const manifest = parse(content)
      const { name, version, license } = manifest
      if (typeof name !== 'string' || typeof version !== 'string') return undefined
      return {
        ...{ path: folder, name, version, integrity: integrities.get(folder), uses: usesOf(folder, manifest, files) },
        license: typeof license === 'string' ? license : undefined,
      }
    })
    .filter((found) => found !== undefined)
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** Folders of the packages that a project, or a package, uses: as Node finds them. */
export function usesOf(folder: string, manifest: unknown, files: ReadonlyMap<string, Buffer>): readonly string[] {
  // Any JSON; what is no object has no fields.
  const { dependencies, optionalDependencies, peerDependencies } = (manifest ?? {}) as PackageJson
  const names = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })
  return names
    .map((name) => find(folder, name, files))
    .filter((found) => found !== undefined)
    .sort()
}

function find(from: string, name: string, files: ReadonlyMap<string, Buffer>): string | undefined {
  for (let folder = from; ; folder = posix.dirname(folder)) {
    const found = posix.join(folder, 'node_modules', name)
    if (files.has(`${found}/package.json`)) return found
    if (folder === '.' || folder === '/') return undefined
  }
}

function readIntegrities(files: ReadonlyMap<string, Buffer>): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const [path, content] of files) {
    if (!path.endsWith('node_modules/.package-lock.json')) continue
    const root = posix.dirname(posix.dirname(path))
    // npm's own format; what is otherwise is passed over.
    const { packages } = parse(content) as { packages?: Readonly<Record<string, { readonly integrity?: string }>> }
    for (const [folder, { integrity }] of Object.entries(packages ?? {}))
      if (integrity !== undefined) found.set(posix.join(root, folder), integrity)
  }
  return found
}

function parse(content: Buffer): PackageJson {
  try {
    return JSON.parse(content.toString('utf8')) ?? {}
  } catch {
    // A fixture within a package, or none of npm's: it is listed by nobody.
    return {}
  }
}

/** A package of Debian in an image. */
export interface DebianPackage {
  readonly name: string
  readonly version: string
  readonly architecture: string
}

/** The packages of Debian, or what comes from it, that are installed in an image; none where it has no dpkg. */
export function debianPackages(files: ReadonlyMap<string, Buffer>): readonly DebianPackage[] {
  const found = [...files]
    .filter(([path]) => path.startsWith('var/lib/dpkg/status'))
    .flatMap(([, content]) => content.toString('utf8').split(/\n\n+/))
    .map((paragraph) => {
      const field = (name: string) => new RegExp(`^${name}: (.+)$`, 'm').exec(paragraph)?.[1]
      const [name, version, architecture] = [field('Package'), field('Version'), field('Architecture')]
      const isInstalled = /^(install|hold) ok installed$/.test(field('Status') ?? 'install ok installed')
      return name === undefined || version === undefined || !isInstalled
        ? undefined
        : { name, version, architecture: architecture ?? 'all' }
    })
  return found.filter((each) => each !== undefined).sort((a, b) => (a.name < b.name ? -1 : 1))
}
