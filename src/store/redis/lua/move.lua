-- Where a run stands: the queue, timers, counters and lists follow it.

-- How long an idempotency key outlives its run (ms).
local KEY_LIFE = 7 * 24 * 60 * 60 * 1000
-- More than any time in ms, so that the priority of a queued run goes before how long it waits.
local RANK = 8796093022208

local function enqueue(tenant, run, row, at)
  local name = tenant .. ':' .. row[AGENT] .. ':' .. row[RELEASE]
  local members = queues[name]
  if not members then
    members = {}
    queues[name] = members
  end
  members[run] = at and at - row[PRIORITY] * RANK
  if at then batch.set('Q', name, true) end
end

-- Takes a run out of what its status put it into.
function move.leave(id, row)
  local status = row[STATUS]
  local tenant, run = split(id)
  if status == 'running' then batch.zset('wh:' .. row[WORKER], id, false)
  elseif status == 'queued' then enqueue(tenant, run, row, false)
  elseif status == 'suspended' and row[WAKE] then batch.zset('wake', id, false)
  elseif row[ENDED] then batch.zset('end', id, false) end
  batch.count(id, row, -1)
  index.stands(tenant, run, row, false)
end

-- Puts a run into what its status says, with what its row says.
function move.enter(id, row)
  local status = row[STATUS]
  local tenant, run = split(id)
  if status == 'running' then
    batch.zset('wh:' .. row[WORKER], id, row[CREATED])
    batch.set('wn', row[WORKER], true)
  elseif status == 'queued' then enqueue(tenant, run, row, row[QUEUED])
  elseif status == 'suspended' and row[WAKE] then batch.zset('wake', id, row[WAKE])
  elseif row[ENDED] then batch.zset('end', id, row[ENDED]) end
  batch.count(id, row, 1)
  index.stands(tenant, run, row, true)
  record.put(id, row)
end

-- Makes a run stand otherwise. `at` is since when it waits.
function move.stand(id, row, status, at, wake)
  move.leave(id, row)
  row[STATUS], row[QUEUED], row[WAKE], row[UPDATED] = status, at, wake or false, now
  row[WORKER], row[ENDED] = false, ENDED_STATUS[status] and now or false
  move.enter(id, row)
end

-- Queues a run, for whoever claims it next.
function move.queue(id, row, at)
  row[REASON] = false
  move.stand(id, row, 'queued', at)
end

-- A key outlives its run; one that has run out may by now stand for a later run.
local function keep_key(id, row, ends)
  if not row[KEY] then return end
  local tenant, run = split(id)
  local key = prefix .. 'k:' .. tenant .. ':' .. row[AGENT] .. ':' .. row[KEY]
  local bytes = call('GET', key)
  local kept = bytes and cmsgpack.unpack(bytes)
  if not kept or kept[1] ~= run then return end
  kept[3] = ends
  call('SET', key, cmsgpack.pack(kept))
  batch.zset('kx', tenant .. ':' .. row[AGENT] .. ':' .. row[KEY], ends)
end

local function finish(id, row, status)
  local before = row[STATUS]
  inbox.clear(id, row)
  question.clear(id, row)
  spend.close(id, row)
  move.stand(id, row, status, now)
  keep_key(id, row, now + KEY_LIFE)
  turn.leave(id, row, before)
end

-- Makes a run stand as a transition says: { status, reason, at }, `at` being when it wakes or since when it is queued. A run whose session
-- is another's turn is blocked instead, unless it ends (G7).
function move.on(id, row, next)
  local status, at = next[1], next[3]
  row[REASON] = next[2] or false
  if ENDED_STATUS[status] then return finish(id, row, status) end
  if row[ENDED] then keep_key(id, row, false) end
  local wake = status == 'suspended' and at or nil
  if not turn.take(id, row) then return move.stand(id, row, 'blocked', now, wake) end
  if status == 'queued' then return move.stand(id, row, 'queued', at) end
  if inbox.wakes(id, row, status) then return move.queue(id, row, now) end
  move.stand(id, row, status, now, wake)
end
