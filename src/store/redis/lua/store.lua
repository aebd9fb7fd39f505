-- store
-- What there is one of: the format, the incarnation, a pause, an import. `meta` holds them; JSON is TypeScript's.

local is_paused

function store.begin() is_paused = nil end

-- Why the store is paused, as JSON, or false. Asked once a call.
function store.pause()
  if is_paused == nil then is_paused = call('HGET', prefix .. 'meta', 'paused') end
  return is_paused
end

local function set_pause(json)
  if json then call('HSET', prefix .. 'meta', 'paused', json) else call('HDEL', prefix .. 'meta', 'paused') end
  is_paused, told.store = json or false, true
end

-- { 'open', format, oldest, incarnation, shards }: makes a store of an empty place. Answers its format, the oldest that may share it, and how
-- many shards it has.
function operation.open(op)
  local key = prefix .. 'meta'
  if call('HSETNX', key, 'incarnation', op[4]) == 1 then
    call('HSET', key, 'format', op[2], 'oldest', op[3], 'shards', op[5])
  end
  local found = call('HMGET', key, 'format', 'oldest', 'shards')
  return { tonumber(found[1]), tonumber(found[2]), tonumber(found[3]) }
end

-- { 'migrated', from, format, oldest }: false where another process was first.
function operation.migrated(op)
  if tonumber(call('HGET', prefix .. 'meta', 'format')) ~= op[2] then return false end
  call('HSET', prefix .. 'meta', 'format', op[3], 'oldest', op[4])
  return true
end

-- { 'state' }: { format, incarnation, pause, import, progress }
function query.state()
  local found = call('HMGET', prefix .. 'meta', 'format', 'incarnation', 'paused', 'import', 'progress')
  return { tonumber(found[1]), found[2], found[3], found[4], tonumber(found[5] or 0) }
end

-- { 'pause', pause }: one that is paused keeps its first.
function operation.pause(op)
  if not store.pause() then set_pause(op[2]) end
  return true
end

-- { 'resume' }: false while an import has not ended.
function operation.resume()
  if call('HEXISTS', prefix .. 'meta', 'import') == 1 then return false end
  set_pause(nil)
  return true
end

-- What there is that an import would mix with.
local function anything()
  for _, name in ipairs(call('SMEMBERS', prefix .. 'T')) do
    local tenant, agent = split(name)
    local lists = { runs = 'x:' .. tenant .. ':a:' .. agent, sessions = 'z:' .. tenant, budgets = 'gl:' .. tenant, charges = 'e:' .. tenant }
    for what, list in pairs(lists) do
      if call('EXISTS', prefix .. list) == 1 then return what end
    end
  end
  return call('EXISTS', prefix .. 'kx') == 1 and 'idempotency keys'
end

-- { 'begin', export, pause, incarnation }: { progress }, or { false, the export that is imported }, or { false, false, what was found }.
function operation.begin(op)
  batch.flush()
  local key = prefix .. 'meta'
  local found = call('HMGET', key, 'import', 'progress')
  if found[1] == op[2] then return { tonumber(found[2]) } end
  if found[1] then return { false, found[1] } end
  local other = anything()
  if other then return { false, false, other } end
  call('HSET', key, 'import', op[2], 'progress', 0, 'incarnation', op[4])
  set_pause(op[3])
  return { 0 }
end

-- { 'progress', number }: false where no import has begun. False as the number ends the import.
function operation.progress(op)
  local key = prefix .. 'meta'
  if call('HEXISTS', key, 'import') == 0 then return false end
  if op[2] then call('HSET', key, 'progress', op[2])
  else
    call('HDEL', key, 'import', 'progress')
    call('DEL', prefix .. 'Rb')
  end
  return true
end
