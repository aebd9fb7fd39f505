-- The turns of a session's runs, which never overlap (G7): who has the turn, who waits for it, and which entries each turn had.

local function session_key(tenant, session) return prefix .. 's:' .. tenant .. ':' .. session end

-- Remembers that a session changed, for its lists and for watchers.
function turn.changed(tenant, session)
  sessions[tenant .. ':' .. session] = { tenant, session }
  told['session/' .. session] = true
end

-- Brings the lists of sessions that changed up to date.
function turn.flush()
  for _, names in pairs(sessions) do
    local tenant, session = names[1], names[2]
    local found = call('HMGET', session_key(tenant, session), 'agent', 'created', 'active', 'ttl', 'updated')
    if found[1] then
      local ends = found[4] and not found[3] and tonumber(found[5]) + tonumber(found[4])
      index.converses(tenant, session, found[1], tonumber(found[2]), found[3], ends)
    end
  end
  sessions = {}
end

-- A session as it begins. `more` are further fields.
function turn.create(tenant, session, agent, more)
  local fields = { 'agent', agent, 'version', 0, 'created', now, 'updated', now, 'state', '', 'before', '', 'turns', 0 }
  for i = 1, more and #more or 0 do fields[#fields + 1] = more[i] end
  call('HSET', session_key(tenant, session), unpack(fields))
  index.known(tenant, agent)
  turn.changed(tenant, session)
end

-- The run's turn at a place, if it has one there: the entry that it began after, and the last one, or nil while it lasts.
local function turn_at(tenant, session, run, place)
  local found = call('ZRANGE', prefix .. 'st:' .. tenant .. ':' .. session, place, place, 'BYSCORE')[1]
  if not found then return nil end
  local after, last, who = string.match(found, '^%d+ (%d+) (%S+) (.*)$')
  if who ~= run then return nil end
  return tonumber(after), tonumber(last)
end

local function put_turn(tenant, session, run, place, after, last)
  local key = prefix .. 'st:' .. tenant .. ':' .. session
  call('ZREMRANGEBYSCORE', key, place, place)
  call('ZADD', key, place, string.format('%.0f %.0f %s %s', place, after, last and string.format('%.0f', last) or '-', run))
end

-- What the row says of a session of that name which was removed is forgotten.
local function begin_turn(tenant, session, run, row, last)
  local after, places = 0, {}
  for _, place in ipairs(row[TURNS] or {}) do
    local began, ended = turn_at(tenant, session, run, place)
    if began then
      after = math.max(after, ended or 0)
      places[#places + 1] = place
    end
  end
  local place = call('HINCRBY', session_key(tenant, session), 'turns', 1)
  put_turn(tenant, session, run, place, after, last)
  places[#places + 1] = place
  row[TURNS] = places
end

-- A run that never came to its turn has one that is over at once.
local function end_turn(tenant, session, run, row)
  for _, place in ipairs(row[TURNS] or {}) do
    local after, last = turn_at(tenant, session, run, place)
    if after and not last then return put_turn(tenant, session, run, place, after, row[SEQUENCE]) end
  end
  begin_turn(tenant, session, run, row, row[SEQUENCE])
end

-- The run's turns in its session, as they are kept.
function turn.list(id, row)
  local tenant, run = split(id)
  local turns = {}
  for _, place in ipairs(row[TURNS] or {}) do
    if turn_at(tenant, row[SESSION], run, place) then
      turns[#turns + 1] = call('ZRANGE', prefix .. 'st:' .. tenant .. ':' .. row[SESSION], place, place, 'BYSCORE')[1]
    end
  end
  return turns
end

-- Forgets the turns of a run that is removed. Their places are not given again.
function turn.forget(id, row)
  local turns = turn.list(id, row)
  if #turns > 0 then call('ZREM', prefix .. 'st:' .. split(id) .. ':' .. row[SESSION], unpack(turns)) end
end

-- Takes the turn of the run's session, or puts the run at the end of those that wait. Answers whether the run may go on.
function turn.take(id, row)
  local session = row[SESSION]
  if not session then return true end
  local tenant, run = split(id)
  local key, waiting = session_key(tenant, session), prefix .. 'sw:' .. tenant .. ':' .. session
  local found = call('HMGET', key, 'agent', 'active', 'state')
  if not found[1] then turn.create(tenant, session, row[AGENT]) end
  if not found[2] then
    call('HSET', key, 'active', run, 'before', found[3] or '', 'updated', now)
    if row[STATUS] == 'blocked' then call('LREM', waiting, 1, run) end
    begin_turn(tenant, session, run, row)
    turn.changed(tenant, session)
    return true
  end
  if found[2] ~= run and row[STATUS] ~= 'blocked' then
    call('RPUSH', waiting, run)
    call('HSET', key, 'updated', now)
    turn.changed(tenant, session)
  end
  return found[2] == run
end

-- Takes a run that ended out of its session, `before` being how it stood. Whose turn it is then, `pass` decides.
function turn.leave(id, row, before)
  local session = row[SESSION]
  if not session then return end
  local tenant, run = split(id)
  local key = session_key(tenant, session)
  local found = call('HMGET', key, 'agent', 'active')
  if not found[1] then return end
  if found[2] == run then call('HDEL', key, 'active') end
  if before == 'blocked' then call('LREM', prefix .. 'sw:' .. tenant .. ':' .. session, 1, run) end
  end_turn(tenant, session, run, row)
  call('HSET', key, 'updated', now)
  turn.changed(tenant, session)
end

-- Gives a free turn to the run that waits longest: it is queued, or suspended when it was delayed for longer.
function turn.pass(tenant, session)
  local found = call('HMGET', session_key(tenant, session), 'agent', 'active')
  if not found[1] or found[2] then return end
  local run = call('LINDEX', prefix .. 'sw:' .. tenant .. ':' .. session, 0)
  local id = run and tenant .. ':' .. run
  local row = id and record.find(id)
  if not row then return end
  turn.take(id, row)
  if row[WAKE] and row[WAKE] > now then move.stand(id, row, 'suspended', now, row[WAKE])
  else move.stand(id, row, 'queued', now) end
end

-- Sets the session's state, or with `true` puts back the one from before the active run. A run without the turn changes nothing.
function turn.write(id, row, state)
  if not row[SESSION] then return end
  local tenant, run = split(id)
  local key = session_key(tenant, row[SESSION])
  local found = call('HMGET', key, 'active', state == true and 'before' or 'active')
  if found[1] ~= run then return end
  call('HSET', key, 'state', state == true and found[2] or state, 'updated', now)
  call('HINCRBY', key, 'version', 1)
  turn.changed(tenant, row[SESSION])
end

-- Sets the title that a run gives, unless a person gave one.
function turn.entitle(id, row, title)
  if not row[SESSION] then return end
  local tenant, run = split(id)
  local key = session_key(tenant, row[SESSION])
  local found = call('HMGET', key, 'active', 'named')
  if found[1] ~= run or found[2] then return end
  call('HSET', key, 'title', title, 'updated', now)
  turn.changed(tenant, row[SESSION])
end
