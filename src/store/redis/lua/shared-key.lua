-- Idempotency keys over shards: the key's own shard says where the run of a key is, and that one knows the run.

local function shared(tenant, agent, key) return prefix .. 'kp:' .. tenant .. ':' .. agent .. ':' .. key end

-- { 'key-take', tenant, agent, key, hash, shard }: who has the key, as { hash, shard, turn }; the first one gets it. Each time that another
-- input gets it is a turn.
operation['key-take'] = function(op)
  local name = shared(op[2], op[3], op[4])
  local bytes = call('GET', name)
  call('ZADD', prefix .. 'kt', now, op[2] .. ':' .. op[3] .. ':' .. op[4])
  if bytes then return cmsgpack.unpack(bytes) end
  local taken = { op[5], op[6], 1 }
  call('SET', name, cmsgpack.pack(taken))
  return taken
end

-- { 'key-move', tenant, agent, key, turn before, hash, shard }: false where it had another turn by now.
operation['key-move'] = function(op)
  local name = shared(op[2], op[3], op[4])
  local bytes = call('GET', name)
  if bytes and cmsgpack.unpack(bytes)[3] ~= op[5] then return false end
  call('SET', name, cmsgpack.pack({ op[6], op[7], op[5] + 1 }))
  return true
end

-- { 'key-bar', tenant, agent, key, turn, until }: in the shard of a run: the run that has the key; else no submit of an earlier turn gets it
-- any more, however late it comes.
operation['key-bar'] = function(op)
  local name = prefix .. 'k:' .. op[2] .. ':' .. op[3] .. ':' .. op[4]
  local bytes = call('GET', name)
  local kept = bytes and cmsgpack.unpack(bytes)
  if kept and kept[1] ~= '' and not (kept[3] and kept[3] <= now) then return kept[1] end
  call('SET', name, cmsgpack.pack({ '', op[5], op[6], false }))
  batch.zset('kx', op[2] .. ':' .. op[3] .. ':' .. op[4], op[6])
  return false
end

-- { 'keys-taken', before, most }: names of keys that nobody asked for since, with the shards of their runs.
query['keys-taken'] = function(op)
  local names = call('ZRANGEBYSCORE', prefix .. 'kt', '-inf', '(' .. string.format('%.0f', op[2]), 'LIMIT', 0, op[3])
  local found = {}
  for i = 1, #names do
    local bytes = call('GET', prefix .. 'kp:' .. names[i])
    found[i] = { names[i], bytes and cmsgpack.unpack(bytes)[2] or false }
  end
  return found
end

-- { 'key-judge', name, before, known }: drops a key that nobody knows, unless somebody asked for it since; else looks at it later.
operation['key-judge'] = function(op)
  local score = call('ZSCORE', prefix .. 'kt', op[2])
  if not score or tonumber(score) >= op[3] then return false end
  if op[4] then
    call('ZADD', prefix .. 'kt', now, op[2])
    return false
  end
  call('ZREM', prefix .. 'kt', op[2])
  call('DEL', prefix .. 'kp:' .. op[2])
  return true
end

-- { 'key-known', name }: whether the shard of its run knows a key.
query['key-known'] = function(op) return call('EXISTS', prefix .. 'k:' .. op[2]) == 1 end
