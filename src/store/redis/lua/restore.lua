-- restore
-- Putting back what a dump read. What is there already is left as it is, so that all of it may be done again.

-- { 'stage', id, first, entries }: entries of a run that is not there yet. What was put from the first on goes; without entries all does.
function operation.stage(op)
  local id, key = op[2], prefix .. 'j:' .. op[2]
  if record.find(id) then return true end
  local length = call('LLEN', key)
  if length >= op[3] then
    if op[3] == 1 then call('DEL', key) else call('LTRIM', key, 0, op[3] - 2) end
  elseif length < op[3] - 1 then fail('CONFLICT', 'Expected entry ' .. length + 1 .. ' of run ' .. id .. ', got entry ' .. op[3]) end
  if #op[4] > 0 then each('RPUSH', key, op[4], 1) end
  return true
end

local function hold(id, row, given)
  local name, charge = given[1], given[5]
  local bytes = cmsgpack.pack({ given[2], given[3] or false, given[4], charge[1], charge[2], charge[3] })
  call('HSET', prefix .. 'b:' .. id, name, bytes)
  row[HELD] = row[HELD] + 1
  for _, key in ipairs(given[4]) do
    local budget = budget_of(split(id), key)
    plus(budget, RESERVED, { given[2], given[3] }, 1)
    put_budget(split(id), key)
  end
end

local function receive(id, row, messages, done)
  local ids = {}
  for _, message in ipairs(messages) do
    local order = call('INCR', prefix .. 'arrival')
    local bytes = cmsgpack.pack({ order, message[2], message[3], message[4] or false, message[5] })
    call('HSET', prefix .. 'i:' .. id, message[1], bytes)
    ids[#ids + 1] = message[1]
  end
  for _, message in ipairs(done) do ids[#ids + 1] = message end
  if #ids > 0 then each('SADD', prefix .. 'd:' .. id, ids, 1) end
  row[INBOX] = #messages
end

local function put_key(tenant, agent, key, kept)
  local name = tenant .. ':' .. agent .. ':' .. key
  call('SET', prefix .. 'k:' .. name, cmsgpack.pack(kept))
  if kept[3] then batch.zset('kx', name, kept[3]) end
end

local function put_turns(id, row, turns)
  local tenant, run = split(id)
  for _, given in ipairs(turns) do
    put_turn(tenant, row[SESSION], run, given[1], given[2], given[3] or nil)
    row[TURNS] = row[TURNS] or {}
    table.insert(row[TURNS], given[1])
  end
end

-- { 'restore-run', id, row, more }: `row` by the places of record.lua up to its key. `more`: hash, ends (of the key), turns, inbox, consumed,
-- asks, open (reservations), charges, blobs, booked (what of reservations was booked instead: key, tokens, nanos).
operation['restore-run'] = function(op)
  local id, given, more = op[2], op[3], op[4]
  if record.find(id) then return true end
  if call('LLEN', prefix .. 'j:' .. id) ~= given[SEQUENCE] then
    fail('CONFLICT', 'Expected the journal of run ' .. id .. ' to have ' .. given[SEQUENCE] .. ' entries before it is restored')
  end
  local tenant, run = split(id)
  local row = { unpack(given, 1, KEY) }
  for place = 1, KEY do row[place] = row[place] or false end
  row[TURNS], row[INBOX], row[ASKED], row[HELD], row[BLOBS] = false, 0, 0, 0, false
  rows[id] = row
  receive(id, row, more.inbox, more.consumed)
  for _, asked in ipairs(more.asks) do question.ask(id, row, asked) end
  for _, held in ipairs(more.open) do hold(id, row, held) end
  for _, charge in ipairs(more.charges) do book(id, charge) end
  if row[SESSION] then put_turns(id, row, more.turns) end
  for _, given in ipairs(more.booked or {}) do
    call('HINCRBY', prefix .. 'Rb', tenant .. ':' .. given[1] .. ':t', given[2])
    call('HINCRBY', prefix .. 'Rb', tenant .. ':' .. given[1] .. ':n', given[3] or 0)
  end
  if #more.blobs > 0 then blob.refer(id, row, more.blobs) end
  if row[KEY] then put_key(tenant, row[AGENT], row[KEY], { run, more.hash, more.ends or false, false }) end
  index.born(tenant, run, row)
  move.enter(id, row)
  return true
end

-- { 'restore-session', tenant, session, fields, waiting, tags }
operation['restore-session'] = function(op)
  local tenant, session = op[2], op[3]
  local key = session_key(tenant, session)
  if call('EXISTS', key) == 1 then return true end
  call('HSET', key, unpack(op[4]))
  if op[6] then call('HSET', key, 'tags', cmsgpack.pack(op[6])) end
  if #op[5] > 0 then each('RPUSH', prefix .. 'sw:' .. tenant .. ':' .. session, op[5], 1) end
  list_tags(tenant, session, tags_of(key), tonumber(call('HGET', key, 'created')))
  index.known(tenant, call('HGET', key, 'agent'))
  turn.changed(tenant, session)
  return true
end

-- { 'restore-budget', tenant, key, row }: what is reserved stays, since the open reservations of runs have counted it.
operation['restore-budget'] = function(op)
  local tenant, key, given = op[2], op[3], op[4]
  local row = budget_of(tenant, key)
  for place = 1, BUDGET_UPDATED do
    if place ~= RESERVED and place ~= RESERVED + 1 then row[place] = given[place] or false end
  end
  budgets[tenant .. ':' .. key][4] = true
  index.known(tenant, '')
  return true
end

-- { 'restore-raise', tenant, id, time }
operation['restore-raise'] = function(op)
  call('ZADD', prefix .. 'u:' .. op[2], 'NX', op[4], op[3])
  call('ZADD', prefix .. 'et', 'LT', op[4], op[2])
  index.known(op[2], '')
  return true
end

-- { 'restore-charge', id of its run, charge }
operation['restore-charge'] = function(op)
  book(op[2], op[3])
  index.known(split(op[2]), '')
  return true
end

-- { 'restore-key', tenant, agent, key, run, hash, end, record }
operation['restore-key'] = function(op)
  put_key(op[2], op[3], op[4], { op[5], op[6], op[7] or false, op[8] })
  return true
end

-- { 'booked', tenant, key }: what was booked of a budget as runs were restored: tokens, nanos.
function query.booked(op)
  local name = op[2] .. ':' .. op[3]
  local found = call('HMGET', prefix .. 'Rb', name .. ':t', name .. ':n')
  return { tonumber(found[1] or 0), tonumber(found[2] or 0) }
end

local function open_runs(tenant, session)
  local going, blocked = {}, {}
  for _, run in ipairs(all_of(prefix .. 'x:' .. tenant .. ':s:' .. session)) do
    local row = record.find(tenant .. ':' .. run)
    if row and row[STATUS] == 'blocked' then blocked[run] = true
    elseif row and not ENDED_STATUS[row[STATUS]] then going[#going + 1] = run end
  end
  return going, blocked
end

-- { 'mend-session', tenant, session }: has one run at most in the turn, the oldest, and the others wait; a turn that nobody has is passed on.
operation['mend-session'] = function(op)
  local tenant, session = op[2], op[3]
  batch.flush()
  local key, line = session_key(tenant, session), prefix .. 'sw:' .. tenant .. ':' .. session
  local going, blocked = open_runs(tenant, session)
  local active, waiting = table.remove(going, 1), {}
  for _, run in ipairs(going) do
    local id = tenant .. ':' .. run
    local row = record.find(id)
    move.stand(id, row, 'blocked', row[QUEUED], row[WAKE])
    waiting[#waiting + 1] = run
  end
  for _, run in ipairs(call('LRANGE', line, 0, -1)) do
    if blocked[run] then waiting[#waiting + 1], blocked[run] = run, nil end
  end
  for _, run in ipairs(all_of(prefix .. 'x:' .. tenant .. ':s:' .. session)) do
    if blocked[run] then waiting[#waiting + 1] = run end
  end
  call('DEL', line)
  if #waiting > 0 then each('RPUSH', line, waiting, 1) end
  if active then call('HSET', key, 'active', active) else call('HDEL', key, 'active') end
  turn.changed(tenant, session)
  turn.pass(tenant, session)
  return true
end
