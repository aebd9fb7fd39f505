import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import postgres from 'postgres'
import { openPostgresArchive } from '../../src/store/archive/postgres/open.ts'
import { runArchiveConformance } from '../../src/store/conformance/archive.ts'
import { aRun, contentOf, keep } from '../../src/store/conformance/archive-build.ts'
import { someEntries } from '../../src/store/conformance/build.ts'
import { NO_COST } from '../../src/store/cost.ts'
import { until } from '../lifecycle/polis.ts'
import { skipWithout } from '../redis/server/binary.ts'
import { type PostgresServer, startPostgres } from './postgres/server.ts'

const skip = skipWithout('initdb', 'postgres')
const server: PostgresServer | undefined = skip === false ? await startPostgres() : undefined
after(() => server?.[Symbol.asyncDispose]())

let databases = 0

// A database of its own in the server that all tests share.
async function newDatabase(): Promise<string> {
  assert.ok(server)
  const name = `archive_${++databases}`
  const sql = postgres(server.url, { max: 1 })
  await sql.unsafe(`CREATE DATABASE ${name}`)
  await sql.end()
  return server.url.replace(/postgres$/, name)
}

if (server !== undefined) {
  runArchiveConformance('postgres', async () => {
    const url = await newDatabase()
    return { archive: openPostgresArchive({ url }), reopen: async () => openPostgresArchive({ url }) }
  })
}

describe('an archive in PostgreSQL', { skip }, () => {
  it('is made by one of many that open it at once', async () => {
    const url = await newDatabase()
    const archives = Array.from({ length: 8 }, () => openPostgresArchive({ url }))
    await Promise.all(archives.map((archive) => archive.ping()))
    await Promise.all(archives.map((archive, at) => keep(archive, `r${at}`)))
    assert.equal((await archives[0]?.usage())?.runs, 8)
    await Promise.all(archives.map((archive) => archive.close()))
  })

  it('is STORE_UNAVAILABLE while it is away, and there again once it is back, with all that was acknowledged', async () => {
    await using own = await startPostgres()
    await using archive = openPostgresArchive({ url: own.url })
    const entries = someEntries('r1', 1, 300)
    await archive.put(aRun('r1', { entries, cost: NO_COST }), contentOf(entries))
    await own.kill('SIGQUIT')
    await assert.rejects(archive.get('t1', 'r1'), { code: 'STORE_UNAVAILABLE' })
    await own.restart()
    await until(
      () =>
        archive.ping().then(
          () => true,
          () => false,
        ),
      'the archive to be asked again',
    )
    assert.deepEqual(await archive.read('t1', 'r1', 0, 1000), entries)
  })

  it('says what is wrong with an address, and never the password', async () => {
    assert.ok(server)
    const { password, url } = server
    const wrong = url.replace(password, 'not-the-password')
    const cases = [
      [wrong, /cannot be used.*check the user and the password/],
      [url.replace(/postgres$/, 'nowhere'), /create the database/],
      [url.replace(/:\d+\//, ':1/'), /does not answer/],
    ] as const
    for (const [given, what] of cases) {
      await using archive = openPostgresArchive({ url: given })
      await assert.rejects(archive.ping(), (error: Error & { code?: string }) => {
        assert.equal(error.code, 'STORE_UNAVAILABLE')
        assert.match(error.message, what)
        assert.doesNotMatch(error.message, new RegExp(`${password}|not-the-password`))
        return true
      })
    }
    assert.throws(
      () => openPostgresArchive({ url: 'mysql://user:hidden@host/x' }),
      (error: Error) => {
        assert.doesNotMatch(error.message, /hidden/)
        return /expected an address such as postgres:/.test(error.message)
      },
    )
  })

  it('refuses an archive of a later version', async () => {
    const url = await newDatabase()
    await using archive = openPostgresArchive({ url })
    await archive.ping()
    const sql = postgres(url, { max: 1 })
    await sql`UPDATE polis_archive.meta SET value = '99' WHERE name = 'format'`
    await sql.end()
    await using other = openPostgresArchive({ url })
    await assert.rejects(other.ping(), { code: 'STORE_TOO_NEW' })
  })
})
