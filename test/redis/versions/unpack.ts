import { execFile } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Version } from './version.ts'

const execute = promisify(execFile)
const KEYS = '/usr/share/keyrings/debian-archive-keyring.gpg'

/**
 * Unpacks a version with every library it needs, the C library too, into a folder below `cache`, and answers the folder of
 * its programs, which go by the names of Redis. What was unpacked before stays.
 *
 * Nothing of the system is touched: apt reads a list of sources, and believes in installed packages, of this folder alone.
 */
export async function unpack(version: Version, cache: string): Promise<string> {
  const folder = join(cache, version.name)
  const programs = join(folder, 'bin')
  if (existsSync(programs)) return programs
  await rm(folder, { recursive: true, force: true })
  await download(version, folder)
  const root = join(folder, 'root')
  await mkdir(root)
  for (const path of globSync(join(folder, 'cache/archives/*.deb')))
    await execute('dpkg-deb', ['--extract', path, root])
  await rm(join(folder, 'cache'), { recursive: true })
  await rm(join(folder, 'state'), { recursive: true })
  await writeLaunchers(root, version, join(folder, 'launchers'))
  // Last, so that a folder of that name is whole.
  await rename(join(folder, 'launchers'), programs)
  return programs
}

async function download({ suite, product }: Version, folder: string): Promise<void> {
  await mkdir(join(folder, 'state/lists/partial'), { recursive: true })
  await mkdir(join(folder, 'cache/archives/partial'), { recursive: true })
  await writeFile(join(folder, 'state/status'), '')
  await writeFile(join(folder, 'sources.list'), `deb [signed-by=${KEYS}] http://deb.debian.org/debian ${suite} main\n`)
  const configuration = join(folder, 'apt.conf')
  await writeFile(configuration, aptConfiguration(folder))
  const env = { ...process.env, APT_CONFIG: configuration }
  await execute('apt-get', ['update'], { env })
  const packages = [`${product}-server`, `${product}-sentinel`, `${product}-tools`]
  const how = ['install', '--download-only', '--yes', '--no-install-recommends']
  await execute('apt-get', [...how, ...packages], { env })
}

function aptConfiguration(folder: string): string {
  const entries = {
    'Dir::Etc::SourceList': join(folder, 'sources.list'),
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::Etc::Preferences': '/dev/null',
    'Dir::Etc::PreferencesParts': '/dev/null',
    'Dir::State': join(folder, 'state'),
    'Dir::State::status': join(folder, 'state/status'),
    'Dir::Cache': join(folder, 'cache'),
    'APT::Sandbox::User': 'root',
    'Acquire::Languages': 'none',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled': 'false',
  }
  return Object.entries(entries)
    .map(([key, value]) => `${key} "${value}";\n`)
    .join('')
}

// A program is started by the loader that came with its C library; `exec` leaves the process id as it is.
async function writeLaunchers(root: string, { product }: Version, folder: string): Promise<void> {
  const [loader] = globSync([join(root, 'usr/lib*/ld-linux-*.so.*'), join(root, 'lib*/ld-linux-*.so.*')])
  const libraries = globSync([join(root, 'usr/lib/*-linux-gnu*'), join(root, 'lib/*-linux-gnu*')])
  if (loader === undefined) throw new Error(`${root} has no loader of programs`)
  await mkdir(folder)
  for (const program of ['server', 'sentinel', 'cli']) {
    const binary = join(root, `usr/bin/${product}-${program}`)
    const script = `#!/bin/sh\nexec '${loader}' --library-path '${libraries.join(':')}' '${binary}' "$@"\n`
    await writeFile(join(folder, `redis-${program}`), script, { mode: 0o755 })
  }
}
