-- dump
-- Reading a shard whole, part by part, the oldest first. Each answers { items, the place to look on from, or false at the end }.

local function all_of(key)
  local found, members = call('ZRANGE', key, 0, -1), {}
  for i = 1, #found do members[i] = found[i] end
  return members
end

local function consumed(id, pending)
  local open, ids = {}, {}
  for i = 1, #pending do open[pending[i][2]] = true end
  for _, message in ipairs(call('SMEMBERS', prefix .. 'd:' .. id)) do
    if not open[message] then ids[#ids + 1] = message end
  end
  return ids
end

local function key_of(id, row)
  if not row[KEY] then return false end
  local tenant, run = split(id)
  local bytes = call('GET', prefix .. 'k:' .. tenant .. ':' .. row[AGENT] .. ':' .. row[KEY])
  local kept = bytes and cmsgpack.unpack(bytes)
  return kept and kept[1] == run and { row[KEY], kept[2], kept[3] or false } or false
end

local function questions_of(id, row)
  local questions, found = {}, row[ASKED] > 0 and call('HGETALL', prefix .. 'q:' .. id) or {}
  for i = 1, #found, 2 do
    questions[#questions + 1] = { found[i], cmsgpack.unpack(found[i + 1]) }
  end
  return questions
end

local function reservations_of(id, row)
  local open, found = {}, row[HELD] > 0 and call('HGETALL', prefix .. 'b:' .. id) or {}
  for i = 1, #found, 2 do
    local held = cmsgpack.unpack(found[i + 1])
    open[#open + 1] = { found[i], held[1], held[2], held[3], held[6] }
  end
  return open
end

-- A run: { record, since when it waits, key, blobs, turns, inbox, consumed, questions, reservations, charges }.
local function run_of(id, row)
  local pending = inbox.list(id, row)
  return {
    record.answers({ id })[1], row[QUEUED], key_of(id, row),
    row[BLOBS] and call('SMEMBERS', prefix .. 'o:' .. id) or {},
    row[SESSION] and turn.list(id, row) or {}, pending, consumed(id, pending),
    questions_of(id, row), reservations_of(id, row), call('HVALS', prefix .. 'c:' .. id),
  }
end

local WHOLE_SESSION = {
  'agent', 'created', 'updated', 'version', 'state', 'before', 'turns', 'active', 'title', 'named', 'tags', 'ttl',
}

-- A session: its name, its fields by place, and who waits.
local function whole_session(tenant, session)
  local found = call('HMGET', prefix .. 's:' .. tenant .. ':' .. session, unpack(WHOLE_SESSION))
  if not found[1] then return nil end
  found[11] = found[11] and cmsgpack.unpack(found[11])
  found[#WHOLE_SESSION + 1] = call('LRANGE', prefix .. 'sw:' .. tenant .. ':' .. session, 0, -1)
  return { session, found }
end

-- A run with those below it, and before each that is open its session.
local function family(tenant, run, rows, seen)
  local id = tenant .. ':' .. run
  local row = not seen[run] and record.find(id)
  if not row then return end
  seen[run] = true
  local session = row[SESSION]
  if session and not ENDED_STATUS[row[STATUS]] and not seen['session/' .. session] then
    seen['session/' .. session] = true
    rows[#rows + 1] = { 'session', whole_session(tenant, session) }
  end
  rows[#rows + 1] = { 'run', run_of(id, row) }
  for _, child in ipairs(all_of(prefix .. 'x:' .. tenant .. ':p:' .. run)) do family(tenant, child, rows, seen) end
end

-- Those whose parent is there come with it.
local function is_below(tenant, id)
  local row = record.find(id)
  return row and row[PARENT] and record.find(tenant .. ':' .. row[PARENT][1])
end

local function pages(key, op, look)
  local places, items = order.oldest(key, op[3], math.huge, op[4]), {}
  for i = 1, #places do look(places[i], items) end
  return { items, #places == op[4] and places[#places] }
end

-- { 'known' }: tenants and agents
function query.known() return call('SMEMBERS', prefix .. 'T') end

-- { 'dump-runs', tenant and agent, after, limit }
query['dump-runs'] = function(op)
  local tenant, agent = split(op[2])
  return pages(prefix .. 'x:' .. tenant .. ':a:' .. agent, op, function(at, items)
    if not is_below(tenant, tenant .. ':' .. at[2]) then family(tenant, at[2], items, {}) end
  end)
end

-- { 'dump-sessions', tenant, after, limit }
query['dump-sessions'] = function(op)
  return pages(prefix .. 'z:' .. op[2], op, function(at, items) items[#items + 1] = whole_session(op[2], at[2]) end)
end

-- { 'dump-budgets', tenant, after, limit }: { key, row }
query['dump-budgets'] = function(op)
  return pages(prefix .. 'gl:' .. op[2], op, function(at, items)
    local bytes = call('GET', prefix .. 'g:' .. op[2] .. ':' .. at[2])
    if bytes then items[#items + 1] = { at[2], cmsgpack.unpack(bytes) } end
  end)
end

-- { 'dump-raises', tenant, after, limit }: { id, time }
query['dump-raises'] = function(op)
  return pages(prefix .. 'u:' .. op[2], op, function(at, items) items[#items + 1] = { at[2], at[1] } end)
end

-- { 'dump-charges', tenant, after, limit }: those whose run was removed
query['dump-charges'] = function(op)
  return pages(prefix .. 'e:' .. op[2], op, function(at, items)
    local run, id = index.parts(at[2])
    if call('EXISTS', prefix .. 'r:' .. op[2] .. ':' .. run) == 1 then return end
    items[#items + 1] = call('HGET', prefix .. 'c:' .. op[2] .. ':' .. run, id) or nil
  end)
end

-- { 'dump-keys', _, after, limit }: { name, hash, end, record } of those whose run was removed
query['dump-keys'] = function(op)
  return pages(prefix .. 'kx', op, function(at, items)
    local bytes = call('GET', prefix .. 'k:' .. at[2])
    local kept = bytes and cmsgpack.unpack(bytes)
    if not kept or not kept[4] or record.find(split(at[2]) .. ':' .. kept[1]) then return end
    items[#items + 1] = { at[2], kept[2], kept[3], kept[4] }
  end)
end

-- { 'dump-blobs', tenant and agent, after, limit }: names of those that runs refer to, once for each
query['dump-blobs'] = function(op)
  local tenant, agent = split(op[2])
  return pages(prefix .. 'x:' .. tenant .. ':a:' .. agent, op, function(at, items)
    local hashes = call('SMEMBERS', prefix .. 'o:' .. tenant .. ':' .. at[2])
    table.sort(hashes)
    for _, hash in ipairs(hashes) do items[#items + 1] = tenant .. ':' .. hash end
  end)
end

-- { 'dump-loose-blobs', _, after, limit }: names of those that no run refers to yet, and of what arrives
query['dump-loose-blobs'] = function(op)
  return pages(prefix .. 'Bx', op, function(at, items) items[#items + 1] = at[2] end)
end
