/** The format that this version writes. A store of a greater one is refused, unless that one says that it may be shared. */
export const FORMAT = 2

/** Marks a SQLite file as a store of ours (`PRAGMA application_id`): the letters `Plis`. */
export const APPLICATION_ID = 0x506c6973

/**
 * Format 1.
 *
 * Every row begins with the tenant, apart from workers, which have none. Times are milliseconds; `queuedAt` is since when a run
 * waits in the queue, `turn` its place among the blocked runs of its session. The indexes over all tenants serve the queue, the
 * timers, the workers and the expiry; they are partial, so that runs which are over, or wait for long, weigh nothing on them.
 *
 * Runs that a worker holds are in `runs_worker` alone, not in `runs_status`: a run that is done at once touches few indexes.
 *
 * A consumed message keeps its id in `inbox`, not pending and without its payload, until its run is removed: that is how one that
 * is delivered twice is known.
 *
 * The chunks of a blob hang on `content`, not on its hash, so that a blob gets its hash when all of it is there without being moved.
 */
export const FORMAT_1 = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;

CREATE TABLE runs (
  tenant TEXT NOT NULL, run TEXT NOT NULL, agent TEXT NOT NULL, release TEXT NOT NULL, status TEXT NOT NULL, reason TEXT,
  session TEXT, parentRun TEXT, parentStep TEXT, priority INTEGER NOT NULL, tags TEXT, key TEXT, epoch INTEGER NOT NULL,
  sequence INTEGER NOT NULL, bytes INTEGER NOT NULL, worker TEXT, crashes INTEGER NOT NULL, createdAt INTEGER NOT NULL,
  updatedAt INTEGER NOT NULL, wakeAt INTEGER, endedAt INTEGER, queuedAt INTEGER NOT NULL, turn INTEGER,
  PRIMARY KEY (tenant, run)
) WITHOUT ROWID;
CREATE INDEX runs_status ON runs (tenant, status, createdAt, run, agent) WHERE status <> 'running';
CREATE INDEX runs_agent ON runs (tenant, agent, createdAt, run);
CREATE INDEX runs_session ON runs (tenant, session, createdAt, run) WHERE session IS NOT NULL;
CREATE INDEX runs_parent ON runs (tenant, parentRun, createdAt, run) WHERE parentRun IS NOT NULL;
CREATE INDEX runs_blocked ON runs (tenant, session, turn) WHERE turn IS NOT NULL;
CREATE INDEX runs_ready ON runs (tenant, agent, release, priority DESC, queuedAt, run) WHERE status = 'queued';
CREATE INDEX runs_wake ON runs (wakeAt) WHERE wakeAt IS NOT NULL AND status = 'suspended';
CREATE INDEX runs_worker ON runs (worker, agent) WHERE worker IS NOT NULL;
CREATE INDEX runs_ended ON runs (endedAt) WHERE endedAt IS NOT NULL;

CREATE TABLE journal (
  tenant TEXT NOT NULL, run TEXT NOT NULL, sequence INTEGER NOT NULL, version INTEGER NOT NULL, epoch INTEGER NOT NULL,
  kind TEXT NOT NULL, time INTEGER NOT NULL, release TEXT NOT NULL, blob TEXT, payload BLOB NOT NULL,
  PRIMARY KEY (tenant, run, sequence)
) WITHOUT ROWID;

CREATE TABLE inbox (
  tenant TEXT NOT NULL, run TEXT NOT NULL, id TEXT NOT NULL, arrival INTEGER NOT NULL, kind TEXT NOT NULL,
  time INTEGER NOT NULL, closes TEXT, pending INTEGER NOT NULL, payload BLOB NOT NULL,
  PRIMARY KEY (tenant, run, id)
) WITHOUT ROWID;
CREATE INDEX inbox_pending ON inbox (tenant, run, arrival) WHERE pending = 1;

CREATE TABLE questions (
  tenant TEXT NOT NULL, run TEXT NOT NULL, id TEXT NOT NULL, agent TEXT NOT NULL, askedAt INTEGER NOT NULL, deadline INTEGER,
  payload BLOB NOT NULL, PRIMARY KEY (tenant, run, id)
) WITHOUT ROWID;
CREATE INDEX questions_asked ON questions (tenant, askedAt, run, id);

CREATE TABLE idempotency (
  tenant TEXT NOT NULL, agent TEXT NOT NULL, key TEXT NOT NULL, run TEXT NOT NULL, inputHash TEXT NOT NULL, endsAt INTEGER,
  record TEXT, PRIMARY KEY (tenant, agent, key)
) WITHOUT ROWID;
CREATE INDEX idempotency_ends ON idempotency (endsAt) WHERE endsAt IS NOT NULL;

CREATE TABLE sessions (
  tenant TEXT NOT NULL, session TEXT NOT NULL, agent TEXT NOT NULL, version INTEGER NOT NULL, active TEXT,
  createdAt INTEGER NOT NULL, updatedAt INTEGER NOT NULL, state BLOB NOT NULL, before BLOB NOT NULL,
  PRIMARY KEY (tenant, session)
);
CREATE INDEX sessions_created ON sessions (tenant, createdAt, session);

CREATE TABLE run_tags (
  tenant TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, createdAt INTEGER NOT NULL, run TEXT NOT NULL,
  PRIMARY KEY (tenant, name, value, createdAt, run)
) WITHOUT ROWID;

CREATE TABLE schedules (
  tenant TEXT NOT NULL, name TEXT NOT NULL, agent TEXT NOT NULL, cron TEXT NOT NULL, timeZone TEXT NOT NULL,
  missed TEXT NOT NULL, paused INTEGER NOT NULL, source TEXT NOT NULL, nextAt INTEGER, lastAt INTEGER, lastRun TEXT,
  input BLOB NOT NULL, PRIMARY KEY (tenant, name)
);

CREATE TABLE workers (
  worker TEXT PRIMARY KEY, host TEXT NOT NULL, pid INTEGER NOT NULL, startedAt INTEGER NOT NULL, draining INTEGER NOT NULL,
  releases TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE blobs (
  tenant TEXT NOT NULL, hash TEXT NOT NULL, content TEXT NOT NULL, size INTEGER NOT NULL, name TEXT, mediaType TEXT,
  createdAt INTEGER NOT NULL, refs INTEGER NOT NULL, PRIMARY KEY (tenant, hash)
) WITHOUT ROWID;
CREATE INDEX blobs_unused ON blobs (createdAt) WHERE refs = 0;

CREATE TABLE blob_chunks (
  tenant TEXT NOT NULL, content TEXT NOT NULL, part INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (tenant, content, part)
);

CREATE TABLE blob_refs (
  tenant TEXT NOT NULL, run TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (tenant, run, hash)
) WITHOUT ROWID;
CREATE INDEX blob_refs_hash ON blob_refs (tenant, hash);
`

/**
 * Format 2.
 *
 * Runs have the sequence of the snapshot that they resume from. Open runs are counted by release from two indexes alone.
 * Questions have an assignee. Sessions have what clients say of them; `named` is 1 where a person gave the title. `session_turns` is the
 * order in which the runs of a session had its turn; `turns` counts them, so that no place is used again. Of sessions from before, their
 * runs that are not blocked had one turn each.
 *
 * Of budgets, reservations and the ledger, amounts are tokens and nanodollars; a limit or a price that is null is none. `budgets` in a
 * reservation are its keys, `charge` is what is booked if nobody says what became of the call, both JSON. Of a raise only the id is
 * needed, so that it counts once.
 */
export const FORMAT_2 = `
ALTER TABLE runs ADD COLUMN snapshot INTEGER;
DROP INDEX runs_status;
CREATE INDEX runs_status ON runs (tenant, status, createdAt, run, agent, release) WHERE status <> 'running';
DROP INDEX runs_worker;
CREATE INDEX runs_worker ON runs (worker, agent, release) WHERE worker IS NOT NULL;

ALTER TABLE questions ADD COLUMN assignee TEXT;
CREATE INDEX questions_assignee ON questions (tenant, assignee, askedAt, run, id) WHERE assignee IS NOT NULL;
CREATE INDEX questions_agent ON questions (tenant, agent, askedAt, run, id);

ALTER TABLE sessions ADD COLUMN title TEXT;
ALTER TABLE sessions ADD COLUMN named INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN tags TEXT;
ALTER TABLE sessions ADD COLUMN ttl INTEGER;
ALTER TABLE sessions ADD COLUMN turns INTEGER NOT NULL DEFAULT 0;
CREATE INDEX sessions_agent ON sessions (tenant, agent, createdAt, session);
CREATE INDEX sessions_active ON sessions (tenant, createdAt, session) WHERE active IS NOT NULL;
CREATE INDEX sessions_expiry ON sessions (updatedAt + ttl) WHERE ttl IS NOT NULL AND active IS NULL;

CREATE TABLE session_tags (
  tenant TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, createdAt INTEGER NOT NULL, session TEXT NOT NULL,
  PRIMARY KEY (tenant, name, value, createdAt, session)
) WITHOUT ROWID;

CREATE TABLE session_turns (
  tenant TEXT NOT NULL, session TEXT NOT NULL, place INTEGER NOT NULL, run TEXT NOT NULL, after INTEGER NOT NULL, until INTEGER,
  PRIMARY KEY (tenant, session, place)
) WITHOUT ROWID;
CREATE INDEX session_turns_run ON session_turns (tenant, run, place);
INSERT INTO session_turns
  SELECT tenant, session, row_number() OVER (PARTITION BY tenant, session ORDER BY endedAt IS NULL, endedAt, createdAt, run), run, 0,
    iif(endedAt IS NULL, NULL, sequence)
  FROM runs WHERE session IS NOT NULL AND turn IS NULL;
UPDATE sessions SET turns =
  (SELECT count(*) FROM session_turns AS t WHERE t.tenant = sessions.tenant AND t.session = sessions.session);

CREATE TABLE budgets (
  tenant TEXT NOT NULL, key TEXT NOT NULL, limitTokens INTEGER, limitNanos INTEGER, raisedTokens INTEGER NOT NULL,
  raisedNanos INTEGER NOT NULL, settledTokens INTEGER NOT NULL, settledNanos INTEGER NOT NULL, reservedTokens INTEGER NOT NULL,
  reservedNanos INTEGER NOT NULL, createdAt INTEGER NOT NULL, updatedAt INTEGER NOT NULL, PRIMARY KEY (tenant, key)
) WITHOUT ROWID;
CREATE INDEX budgets_created ON budgets (tenant, createdAt, key);
CREATE INDEX budgets_updated ON budgets (updatedAt) WHERE reservedTokens = 0 AND reservedNanos = 0;

CREATE TABLE reservations (
  tenant TEXT NOT NULL, run TEXT NOT NULL, id TEXT NOT NULL, tokens INTEGER NOT NULL, nanos INTEGER, budgets TEXT NOT NULL,
  charge TEXT NOT NULL, PRIMARY KEY (tenant, run, id)
) WITHOUT ROWID;

CREATE TABLE raises (
  tenant TEXT NOT NULL, id TEXT NOT NULL, time INTEGER NOT NULL, PRIMARY KEY (tenant, id)
) WITHOUT ROWID;

CREATE TABLE charges (
  tenant TEXT NOT NULL, run TEXT NOT NULL, id TEXT NOT NULL, time INTEGER NOT NULL, agent TEXT NOT NULL, session TEXT, tags TEXT,
  provider TEXT NOT NULL, model TEXT NOT NULL, input INTEGER NOT NULL, cachedInput INTEGER NOT NULL, cacheWrite INTEGER NOT NULL,
  output INTEGER NOT NULL, reasoning INTEGER NOT NULL, nanos INTEGER, assumed INTEGER NOT NULL, PRIMARY KEY (tenant, run, id)
) WITHOUT ROWID;
CREATE INDEX charges_time ON charges (tenant, time, run, id);
`
