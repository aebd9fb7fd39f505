-- Removal of what is over: so many runs, sessions, keys, blobs and charges at a time.

-- Idempotency keys, charges and budgets that one call removes.
local KEYS_REMOVED, LEDGER_REMOVED = 1000, 1000

-- A key stays, with the record as it was; one that has run out may by now stand for a later run.
local function leave_record(id, tenant, run, row)
  local key = prefix .. 'k:' .. tenant .. ':' .. row[AGENT] .. ':' .. row[KEY]
  local bytes = call('GET', key)
  local kept = bytes and cmsgpack.unpack(bytes)
  if not kept or kept[1] ~= run then return end
  kept[4] = record.answers({ id })[1]
  call('SET', key, cmsgpack.pack(kept))
end

-- Removes an ended run with all that is only its own; the ledger outlives it.
local function remove_run(id, sequence)
  local row = record.find(id)
  if not row or not ENDED_STATUS[row[STATUS]] or (sequence and row[SEQUENCE] ~= sequence) then return false end
  local tenant, run = split(id)
  if row[KEY] then leave_record(id, tenant, run, row) end
  question.clear(id, row)
  blob.release(id, row)
  turn.forget(id, row)
  move.leave(id, row)
  index.gone(tenant, run, row)
  call('UNLINK', prefix .. 'i:' .. id, prefix .. 'd:' .. id, prefix .. 'b:' .. id)
  record.drop(id)
  batch.set('Pf', id, true)
  return true
end

-- Removes a run and those below it, the lowest first, until `limit` are gone; answers how many. Without it nobody would find them.
local function remove_family(id, limit)
  local tenant, run = split(id)
  local removed = 0
  for _, child in ipairs(call('ZRANGE', prefix .. 'x:' .. tenant .. ':p:' .. run, 0, -1)) do
    if removed >= limit then break end
    removed = removed + remove_family(tenant .. ':' .. child, limit - removed)
  end
  if removed < limit and remove_run(id) then removed = removed + 1 end
  return removed
end

-- Removes ended runs of a session, the oldest first, each with those below it.
local function remove_of_session(tenant, session, limit)
  batch.flush()
  local key, removed, passed = prefix .. 'x:' .. tenant .. ':s:' .. session, 0, 0
  while removed < limit do
    local runs = call('ZRANGE', key, passed, passed + limit - 1)
    for i = 1, #runs do
      local row = record.find(tenant .. ':' .. runs[i])
      if removed < limit and row and row[ENDED] then
        removed = removed + remove_family(tenant .. ':' .. runs[i], limit - removed)
      end
    end
    if #runs < limit then break end
    passed = passed + #runs
  end
  return removed
end

local function expire_runs(before, limit)
  batch.flush()
  local removed = 0
  for _, id in ipairs(call('ZRANGEBYSCORE', prefix .. 'end', '-inf', '(' .. order.bound(before), 'LIMIT', 0, limit)) do
    if remove_run(id) then removed = removed + 1 end
  end
  return removed
end

local function expire_sessions(at, limit)
  batch.flush()
  local removed = 0
  for _, name in ipairs(call('ZRANGEBYSCORE', prefix .. 'zx', '-inf', order.bound(at), 'LIMIT', 0, limit)) do
    local tenant, session = split(name)
    removed = removed + remove_of_session(tenant, session, limit - removed)
    if removed < limit and turn.remove(tenant, session) then removed = removed + 1 end
    if removed >= limit then break end
  end
  return removed
end

-- One that a later run has taken has an end of its own.
local function expire_keys(at)
  local names = call('ZRANGEBYSCORE', prefix .. 'kx', '-inf', order.bound(at), 'LIMIT', 0, KEYS_REMOVED)
  for _, name in ipairs(names) do
    local bytes = call('GET', prefix .. 'k:' .. name)
    local ends = bytes and cmsgpack.unpack(bytes)[3]
    if ends and ends <= at then call('DEL', prefix .. 'k:' .. name) end
    batch.zset('kx', name, ends and ends > at and ends)
  end
end

-- { 'remove', id, sequence }: with a sequence only while that is its last entry.
operation.remove = function(op) return remove_run(op[2], op[3]) end

-- { 'remove-session-runs', tenant, session, limit }: how many runs.
operation['remove-session-runs'] = function(op) return remove_of_session(op[2], op[3], op[4]) end

-- { 'expire', ended before, charged before, at, limit, keeps blobs }: how many runs and sessions.
operation.expire = function(op)
  if store.pause() then return 0 end
  local ended, charged, at, limit = op[2], op[3], op[4], op[5]
  local removed = ended and expire_runs(ended, limit) or 0
  if removed < limit then removed = removed + expire_sessions(at, limit - removed) end
  batch.flush()
  expire_keys(at)
  if not op[6] then
    blob.expire(at)
    batch.flush()
    call('DEL', prefix .. 'Pf')
  end
  if charged then cost.expire(charged, LEDGER_REMOVED) end
  return removed
end
