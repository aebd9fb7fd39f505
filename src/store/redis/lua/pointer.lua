-- Where a run is that does not live in its home shard. `atx` has pointers whose run nobody has seen yet, by their time; `Pf`, in the shard
-- of a run, those that were removed and may have a pointer.

-- { 'point', id, shard }
function operation.point(op)
  call('SET', prefix .. 'at:' .. op[2], op[3])
  batch.zset('atx', op[2], now)
  return true
end

-- { 'unpoint', id, shard }: unless it points elsewhere by now.
function operation.unpoint(op)
  if call('GET', prefix .. 'at:' .. op[2]) == string.format('%.0f', op[3]) then call('DEL', prefix .. 'at:' .. op[2]) end
  batch.zset('atx', op[2], false)
  return true
end

-- { 'point-proved', id }: its run was seen.
operation['point-proved'] = function(op)
  batch.zset('atx', op[2], false)
  return true
end

-- { 'points-old', before, most }: { id, shard } of pointers that nobody has proved.
query['points-old'] = function(op)
  local ids = call('ZRANGEBYSCORE', prefix .. 'atx', '-inf', '(' .. order.bound(op[2]), 'LIMIT', 0, op[3])
  for i = 1, #ids do ids[i] = { ids[i], tonumber(call('GET', prefix .. 'at:' .. ids[i]) or -1) } end
  return ids
end

-- { 'points-freed', most }: takes ids of `Pf`.
operation['points-freed'] = function(op)
  batch.flush()
  return call('SPOP', prefix .. 'Pf', op[2])
end

-- { 'where', id }: true for a run that is here, the number of a shard, or nil.
function query.where(op)
  if record.find(op[2]) then return true end
  local shard = call('GET', prefix .. 'at:' .. op[2])
  return shard and tonumber(shard) or false
end

-- { 'submit-sent', submit }: of a commit of another shard; as its own ones it passes while the store is paused.
operation['submit-sent'] = function(op) return add_run(op[2]) end
