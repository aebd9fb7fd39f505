/** How a dialect calls its types. Texts compare by their bytes. */
export interface TypeNames {
  readonly text: string
  readonly int: string
  readonly bytes: string
}

/**
 * Format 1 of an archive, a statement each.
 *
 * A run is `sealed` once all of it is there: nothing reads it before. `attempt` names who copies it, so that of two only the later goes
 * on. What belongs to a run goes with it by its foreign key; blobs are shared, and go with the last run that refers to them. Times
 * are ms. A tag is the JSON of its name and value, which any database can keep.
 */
export function archiveFormat1({ text, int, bytes }: TypeNames): readonly string[] {
  const ofRun = 'FOREIGN KEY (tenant, run) REFERENCES runs (tenant, run) ON DELETE CASCADE'
  return [
    `CREATE TABLE runs (
      tenant ${text} NOT NULL, run ${text} NOT NULL, agent ${text} NOT NULL, release ${text} NOT NULL, status ${text} NOT NULL,
      session ${text}, parent ${text}, created_at ${int} NOT NULL, ended_at ${int} NOT NULL, archived_at ${int} NOT NULL,
      sequence ${int} NOT NULL, bytes ${int} NOT NULL, sealed ${int} NOT NULL, attempt ${text} NOT NULL,
      record ${text} NOT NULL, cost ${text} NOT NULL, PRIMARY KEY (tenant, run))`,
    'CREATE INDEX runs_created ON runs (tenant, created_at, run)',
    'CREATE INDEX runs_agent ON runs (tenant, agent, created_at, run)',
    'CREATE INDEX runs_status ON runs (tenant, status, created_at, run)',
    'CREATE INDEX runs_session ON runs (tenant, session, created_at, run) WHERE session IS NOT NULL',
    'CREATE INDEX runs_parent ON runs (tenant, parent, created_at, run) WHERE parent IS NOT NULL',
    'CREATE INDEX runs_ended ON runs (ended_at)',
    `CREATE TABLE tags (
      tenant ${text} NOT NULL, tag ${text} NOT NULL, run ${text} NOT NULL, PRIMARY KEY (tenant, tag, run), ${ofRun})`,
    'CREATE INDEX tags_run ON tags (tenant, run)',
    `CREATE TABLE above (
      tenant ${text} NOT NULL, above ${text} NOT NULL, run ${text} NOT NULL, PRIMARY KEY (tenant, above, run), ${ofRun})`,
    'CREATE INDEX above_run ON above (tenant, run)',
    `CREATE TABLE sessions (
      tenant ${text} NOT NULL, session ${text} NOT NULL, created_at ${int} NOT NULL, run ${text} NOT NULL, store ${text} NOT NULL,
      PRIMARY KEY (tenant, session, created_at, run), ${ofRun})`,
    'CREATE INDEX sessions_run ON sessions (tenant, run)',
    `CREATE TABLE turns (
      tenant ${text} NOT NULL, session ${text} NOT NULL, created_at ${int} NOT NULL, place ${int} NOT NULL, run ${text} NOT NULL,
      after_sequence ${int} NOT NULL, until_sequence ${int}, PRIMARY KEY (tenant, session, created_at, place, run), ${ofRun})`,
    'CREATE INDEX turns_run ON turns (tenant, run)',
    `CREATE TABLE entries (
      tenant ${text} NOT NULL, run ${text} NOT NULL, sequence ${int} NOT NULL, version ${int} NOT NULL, epoch ${int} NOT NULL,
      kind ${text} NOT NULL, time ${int} NOT NULL, release ${text} NOT NULL, blob ${text}, payload ${bytes} NOT NULL,
      PRIMARY KEY (tenant, run, sequence), ${ofRun})`,
    `CREATE TABLE blobs (
      tenant ${text} NOT NULL, hash ${text} NOT NULL, size ${int} NOT NULL, name ${text}, media_type ${text},
      created_at ${int} NOT NULL, complete ${int} NOT NULL, PRIMARY KEY (tenant, hash))`,
    `CREATE TABLE chunks (
      tenant ${text} NOT NULL, hash ${text} NOT NULL, part ${int} NOT NULL, bytes ${bytes} NOT NULL, PRIMARY KEY (tenant, hash, part),
      FOREIGN KEY (tenant, hash) REFERENCES blobs (tenant, hash) ON DELETE CASCADE)`,
    `CREATE TABLE refs (
      tenant ${text} NOT NULL, run ${text} NOT NULL, hash ${text} NOT NULL, PRIMARY KEY (tenant, run, hash), ${ofRun})`,
    'CREATE INDEX refs_hash ON refs (tenant, hash)',
  ]
}
