-- Blobs: bytes by their hash in pieces, and how many runs refer to each: those are kept.
--
-- Bytes arrive under a name of their own, and get their hash when all are there. `Bx` has what goes once it is old: blobs that no run
-- refers to, and what began to arrive; `Bf` those that lie in another shard, where nobody knows yet that no run here refers to them. A blob that a run refers to and nobody put has nothing but its count.

local BLOB_LIFE = 24 * 60 * 60 * 1000
-- Blobs removed at a time.
local BLOBS_REMOVED = 100
local BLOB_FIELDS = { 'created', 'size', 'name', 'media' }

local function blob_key(tenant, hash) return prefix .. 'B:' .. tenant .. ':' .. hash end
local function pieces_key(tenant, name) return prefix .. 'Bd:' .. tenant .. ':' .. name end

-- Counts these blobs as referred to by the run, each once.
function blob.refer(id, row, hashes)
  local tenant = split(id)
  for _, hash in ipairs(hashes) do
    if call('SADD', prefix .. 'o:' .. id, hash) == 1 and call('HINCRBY', blob_key(tenant, hash), 'refs', 1) == 1 then
      batch.zset('Bx', tenant .. ':' .. hash, false)
    end
  end
  row[BLOBS] = row[BLOBS] or #hashes > 0
end

-- Takes back all that a run refers to.
function blob.release(id, row)
  if not row[BLOBS] then return end
  local tenant = split(id)
  for _, hash in ipairs(call('SMEMBERS', prefix .. 'o:' .. id)) do
    local key = blob_key(tenant, hash)
    if call('HINCRBY', key, 'refs', -1) == 0 then
      local created = call('HGET', key, 'created')
      if created then batch.zset('Bx', tenant .. ':' .. hash, tonumber(created))
      else
        call('DEL', key)
        batch.set('Bf', tenant .. ':' .. hash, true)
      end
    end
  end
  call('DEL', prefix .. 'o:' .. id)
end

-- Removes what nothing refers to a day after it was put.
function blob.expire(at)
  local old = call('ZRANGEBYSCORE', prefix .. 'Bx', '-inf', order.bound(at - BLOB_LIFE), 'LIMIT', 0, BLOBS_REMOVED)
  call('DEL', prefix .. 'Bf')
  for _, name in ipairs(old) do
    call('UNLINK', prefix .. 'B:' .. name, prefix .. 'Bd:' .. name)
    batch.zset('Bx', name, false)
  end
end

-- { 'blobs-old', at, most }: names of what would expire, as far as this shard knows.
query['blobs-old'] = function(op)
  return call('ZRANGEBYSCORE', prefix .. 'Bx', '-inf', order.bound(op[2] - BLOB_LIFE), 'LIMIT', 0, op[3])
end

-- { 'blobs-freed' }: takes the names of `Bf`.
operation['blobs-freed'] = function()
  batch.flush()
  return call('SPOP', prefix .. 'Bf', BLOBS_REMOVED)
end

-- { 'blob-freed', name }: it may be looked at now.
operation['blob-freed'] = function(op)
  local found = call('HMGET', prefix .. 'B:' .. op[2], 'created', 'refs')
  if found[1] and (found[2] or '0') == '0' then batch.zset('Bx', op[2], tonumber(found[1])) end
  return true
end

-- { 'blob-wanted', name }: whether a run of this shard refers to it.
query['blob-wanted'] = function(op) return tonumber(call('HGET', prefix .. 'B:' .. op[2], 'refs') or 0) > 0 end

-- { 'blob-judge', name, at, wanted }: removes one that is still old; one that is wanted elsewhere is looked at again in a day.
operation['blob-judge'] = function(op)
  local score = call('ZSCORE', prefix .. 'Bx', op[2])
  if not score or tonumber(score) > op[3] - BLOB_LIFE then return false end
  if op[4] then
    batch.zset('Bx', op[2], op[3])
    return false
  end
  call('UNLINK', prefix .. 'B:' .. op[2], prefix .. 'Bd:' .. op[2])
  batch.zset('Bx', op[2], false)
  return true
end

-- { 'blob-piece', tenant, name, part, bytes }: one more piece of what arrives; false when those before it are not there.
operation['blob-piece'] = function(op)
  local tenant, name, part = op[2], op[3], op[4]
  if call('LLEN', pieces_key(tenant, name)) ~= part then return false end
  call('RPUSH', pieces_key(tenant, name), op[5])
  if part == 0 then batch.zset('Bx', tenant .. ':' .. name, now) end
  return true
end

-- { 'blob-drop', tenant, name }: forgets what arrived.
operation['blob-drop'] = function(op)
  call('UNLINK', pieces_key(op[2], op[3]))
  batch.zset('Bx', op[2] .. ':' .. op[3], false)
  return true
end

-- { 'blob-settle', tenant, name, parts, last piece, hash, size, title, media type }: all that is known of what arrived. Bytes that are there
-- already become as young as new ones. Answers as `head`; false when pieces are not there.
operation['blob-settle'] = function(op)
  local tenant, name, hash = op[2], op[3], op[6]
  local key, arrived = blob_key(tenant, hash), pieces_key(tenant, name)
  if call('LLEN', arrived) ~= op[4] then return false end
  local before = call('HMGET', key, 'created', 'refs')
  if before[1] then call('UNLINK', arrived)
  elseif op[7] > 0 then
    call('RPUSH', arrived, op[5])
    call('RENAME', arrived, pieces_key(tenant, hash))
  end
  call('HSET', key, 'created', now, 'size', op[7])
  if op[8] then call('HSET', key, 'name', op[8]) end
  if op[9] then call('HSET', key, 'media', op[9]) end
  batch.zset('Bx', tenant .. ':' .. name, false)
  if (before[2] or '0') == '0' then batch.zset('Bx', tenant .. ':' .. hash, now) end
  return call('HMGET', key, unpack(BLOB_FIELDS))
end

-- { 'blob', tenant, hash }
function query.blob(op) return call('HMGET', blob_key(op[2], op[3]), unpack(BLOB_FIELDS)) end

-- { 'blob-bytes', tenant, hash, part }
query['blob-bytes'] = function(op) return call('LINDEX', pieces_key(op[2], op[3]), op[4]) end
