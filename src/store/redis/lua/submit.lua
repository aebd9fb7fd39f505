-- Adding a run: { 'submit', id, entries, bytes, agent, release, session, priority, created, updated, more }. `more` has what few have:
-- reason, snapshot, parent (run and step), tags, key, hash, rejects, worker, at (not before), blobs, broken (its entries do not follow one another).

local function known_as(op, more)
  local id, tenant = op[2], split(op[2])
  local bytes = more.key and call('GET', prefix .. 'k:' .. tenant .. ':' .. op[5] .. ':' .. more.key)
  local kept = bytes and cmsgpack.unpack(bytes)
  -- { run, hash, when it ends, record of a run that was removed }
  -- One that is barred has no run, and a turn in place of a hash: `shared-key.lua`.
  local is_free = kept and kept[1] == '' and (more.turn or 0) >= kept[2]
  if kept and not is_free and not (kept[3] and kept[3] <= now) then
    if kept[2] ~= more.hash then return { 'key-conflict', kept[1] } end
    return { 'duplicate', record.answers({ tenant .. ':' .. kept[1] })[1] or kept[4] }
  end
  if record.find(id) then return { 'duplicate', record.answers({ id })[1] } end
end

local function busy(op, more)
  if not more.rejects or not op[7] then return nil end
  local active = call('HGET', prefix .. 's:' .. split(op[2]) .. ':' .. op[7], 'active')
  return active and { 'session-busy', active } or nil
end

local function place(id, row, more)
  local wake = more.at and more.at > now and more.at or false
  local goes = turn.take(id, row)
  row[WAKE] = wake
  if not goes then row[STATUS] = 'blocked'
  elseif wake then row[STATUS] = 'suspended'
  elseif more.worker then row[STATUS], row[EPOCH], row[WORKER] = 'running', 1, more.worker
  else row[STATUS] = 'queued' end
  move.enter(id, row)
end

-- Adds a run: for a client, unless the store is paused and the run is new.
local function add_run(op, is_own)
  local id, entries, agent, more = op[2], op[3], op[5], op[11] or {}
  local known = known_as(op, more) or (is_own and store.pause() and { 'paused', store.pause() }) or busy(op, more)
  if known then return known end
  if more.broken then fail('CONFLICT', more.broken) end
  local tenant, run = split(id)
  local row = {
    'new', 0, 0, 0, 0, op[10], now, false, false, false, more.reason or false, more.snapshot or false,
    agent, op[6], op[7] or false, op[8], op[9], more.parent or false, more.tags or false, more.key or false, false, 0, 0, 0, false,
  }
  push(id, row, entries, op[4])
  place(id, row, more)
  index.born(tenant, run, row)
  if more.blobs then blob.refer(id, row, more.blobs) end
  if more.key then
    call('SET', prefix .. 'k:' .. tenant .. ':' .. agent .. ':' .. more.key, cmsgpack.pack({ run, more.hash, false, false }))
  end
  -- Nobody waits for what its own worker just made.
  if row[WORKER] then told[id] = nil end
  return { 'submitted', row[STATUS], row[WAKE] }
end

function operation.submit(op) return add_run(op, true) end
