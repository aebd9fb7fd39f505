-- Lists of sessions, and what clients say of them.

local SESSIONS_LOOKED_AT = 500
local SESSION_FIELDS = { 'agent', 'created', 'updated', 'version', 'state', 'active', 'title', 'tags', 'ttl' }

-- A session as answers carry it: its fields by place, and how many runs wait.
local function session_of(tenant, session)
  local found = call('HMGET', prefix .. 's:' .. tenant .. ':' .. session, unpack(SESSION_FIELDS))
  if not found[1] then return nil end
  found[8] = found[8] and cmsgpack.unpack(found[8])
  found[#SESSION_FIELDS + 1] = call('LLEN', prefix .. 'sw:' .. tenant .. ':' .. session)
  return found
end

-- { 'session', tenant, session }
function query.session(op) return session_of(op[2], op[3]) or false end

local function list_of_sessions(tenant, agent, tags, active)
  local list = prefix .. 'z:' .. tenant
  local names = {}
  for i = 1, tags and #tags or 0, 2 do names[#names + 1] = list .. ':t:' .. index.tag(tags[i], tags[i + 1]) end
  if agent then names[#names + 1] = list .. ':a:' .. agent end
  if active then names[#names + 1] = list .. ':active' end
  local best, least = list, math.huge
  for i = 1, #names do
    local count = call('ZCARD', names[i])
    if count < least then best, least = names[i], count end
  end
  return best
end

-- { 'sessions', tenant, agent, tags, active, limit, after }. Answers { { session, fields }…, where to look on or false }.
function query.sessions(op)
  local tenant, agent, tags, active = op[2], op[3], op[4], op[5]
  local list = list_of_sessions(tenant, agent, tags, active)
  local function read(after, count) return order.list(list, after, nil, nil, count) end
  return order.page(read, op[7], op[6], SESSIONS_LOOKED_AT, function(at)
    local found = session_of(tenant, at[2])
    if not found or (agent and found[1] ~= agent) then return nil end
    if active ~= nil and active ~= (found[6] and true) then return nil end
    if tags and not index.has_tags(found[8], tags) then return nil end
    return { at[2], found }
  end)
end

-- { 'turns', tenant, session, from, limit }: as text `place after last run`.
function query.turns(op)
  return call('ZRANGE', prefix .. 'st:' .. op[2] .. ':' .. op[3], op[4], '+inf', 'BYSCORE', 'LIMIT', 0, op[5])
end
