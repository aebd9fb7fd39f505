import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { ICronJob } from 'kubernetes-models/batch/v1'
import type { IConfigMap } from 'kubernetes-models/v1'
import { objectsOf, planOf } from '../fixture.ts'

const jobOf = (plan = planOf()) => objectsOf<ICronJob>(plan, 'CronJob')[0]?.spec ?? assert.fail('no CronJob')

test('An export is made as agents read the store, never two at a time', () => {
  const plan = planOf({ secrets: { database: { POLIS_ARCHIVE_URL: true } } })
  const { concurrencyPolicy, jobTemplate } = jobOf(plan)
  assert.equal(concurrencyPolicy, 'Forbid')
  const [container] = jobTemplate.spec?.template.spec?.containers ?? []
  assert.equal(container?.image, plan.image)
  assert.deepEqual(container?.envFrom, [{ configMapRef: { name: 'desk-settings' } }])
  const secret = container?.env?.find(({ name }) => name === 'POLIS_ARCHIVE_URL')?.valueFrom?.secretKeyRef
  assert.deepEqual(secret, { name: 'desk-database', key: 'POLIS_ARCHIVE_URL' })
  const password = container?.volumeMounts?.find(({ mountPath }) => mountPath.endsWith('/redis'))
  assert.deepEqual(password, {
    name: 'secret-redis',
    mountPath: '/var/run/secrets/agentpolis/redis',
    readOnly: true,
  })
})

test('None is made where it is not asked for', () => {
  const plan = planOf({ redis: { kind: 'managed', backup: { enabled: false } } })
  assert.deepEqual(objectsOf<ICronJob>(plan, 'CronJob'), [])
})

test('The script keeps the latest exports, and nothing of one that was cut off', () => {
  const folder = mkdtempSync(join(tmpdir(), 'polis-backup-'))
  try {
    const [bin, backups] = [join(folder, 'bin'), join(folder, 'backups')]
    for (const each of [bin, backups]) mkdirSync(each)
    writeFileSync(join(bin, 'polis'), '#!/bin/sh\n[ "$1 $2" = "store export" ] && echo exported >"$3"\n')
    chmodSync(join(bin, 'polis'), 0o755)
    const old = ['2026-01-01T00-00-00Z', '2026-01-02T00-00-00Z', '2026-01-03T00-00-00Z']
    for (const time of old) writeFileSync(join(backups, `${time}.polis.zst`), '')
    writeFileSync(join(backups, '2026-01-04T00-00-00Z.polis.zst.part'), '')
    const script = objectsOf<IConfigMap>(planOf(), 'ConfigMap').find(({ data }) => data?.['backup.sh'])?.data?.[
      'backup.sh'
    ]
    const env = { PATH: `${bin}:${process.env.PATH}`, BACKUPS: backups, KEEP: '2' }
    execFileSync('sh', ['-c', script ?? ''], { env })
    const [kept, made, ...more] = readdirSync(backups).sort()
    assert.equal(kept, '2026-01-03T00-00-00Z.polis.zst')
    assert.match(made ?? '', /^20\d\d-\d\d-\d\dT\d\d-\d\d-\d\dZ\.polis\.zst$/)
    assert.deepEqual(more, [])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
