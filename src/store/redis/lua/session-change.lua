-- What clients say of a session, and its end.

local function list_tags(tenant, session, tags, created)
  for i = 1, #tags, 2 do batch.zset('z:' .. tenant .. ':t:' .. index.tag(tags[i], tags[i + 1]), session, created) end
end

local function tags_of(key)
  local bytes = call('HGET', key, 'tags')
  return bytes and cmsgpack.unpack(bytes) or {}
end

-- { 'create-session', tenant, session, agent, title, tags, ttl }: false when there is one of that name.
operation['create-session'] = function(op)
  local tenant, session, title, tags, ttl = op[2], op[3], op[5], op[6], op[7]
  if call('EXISTS', prefix .. 's:' .. tenant .. ':' .. session) == 1 then return false end
  local more = {}
  local function add(name, value)
    more[#more + 1] = name
    more[#more + 1] = value
  end
  if title then add('title', title) end
  if title then add('named', 1) end
  if tags then add('tags', cmsgpack.pack(tags)) end
  if ttl then add('ttl', ttl) end
  turn.create(tenant, session, op[4], more)
  if tags then list_tags(tenant, session, tags, now) end
  return true
end

-- { 'change-session', tenant, session, title, tags, ttl }: what is nil stays, false takes away.
operation['change-session'] = function(op)
  local tenant, session, title, tags, ttl = op[2], op[3], op[4], op[5], op[6]
  local key = prefix .. 's:' .. tenant .. ':' .. session
  local created = tonumber(call('HGET', key, 'created') or nil)
  if not created then return false end
  if title then call('HSET', key, 'title', title, 'named', 1) end
  if title == false then call('HDEL', key, 'title', 'named') end
  if ttl then call('HSET', key, 'ttl', ttl) end
  if ttl == false then call('HDEL', key, 'ttl') end
  if tags ~= nil then
    list_tags(tenant, session, tags_of(key), false)
    if tags then call('HSET', key, 'tags', cmsgpack.pack(tags)) else call('HDEL', key, 'tags') end
    list_tags(tenant, session, tags_of(key), created)
  end
  call('HSET', key, 'updated', now)
  turn.changed(tenant, session)
  return true
end

-- Removes a session that no unfinished run needs; its runs stay.
function turn.remove(tenant, session)
  local name = tenant .. ':' .. session
  local key, list = prefix .. 's:' .. name, 'z:' .. tenant
  local found = call('HMGET', key, 'agent', 'active')
  if not found[1] or found[2] or call('EXISTS', prefix .. 'sw:' .. name) == 1 then return false end
  list_tags(tenant, session, tags_of(key), false)
  batch.zset(list, session, false)
  batch.zset(list .. ':a:' .. found[1], session, false)
  batch.zset(list .. ':active', session, false)
  batch.zset('zx', name, false)
  call('UNLINK', key, prefix .. 'st:' .. name)
  sessions[name], told['session/' .. session] = nil, true
  return true
end

-- { 'remove-session', tenant, session }
operation['remove-session'] = function(op) return turn.remove(op[2], op[3]) end
