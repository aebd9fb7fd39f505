-- What commits of this shard say to other shards: packed operations, in the order of the commits, until they are done there.

-- Keeps { shard, operation } of a commit.
function outbox.put(items)
  for _, item in ipairs(items) do
    local number = call('INCR', prefix .. 'outn')
    call('RPUSH', prefix .. 'out', cmsgpack.pack({ number, item[1], item[2] }))
  end
end

-- { 'outbox', most }: { number, shard, operation } of the oldest.
query['outbox'] = function(op)
  local items = call('LRANGE', prefix .. 'out', 0, op[2] - 1)
  for i = 1, #items do items[i] = cmsgpack.unpack(items[i]) end
  return items
end

-- { 'sent', number }: everything up to that one is done.
function operation.sent(op)
  while true do
    local first = call('LINDEX', prefix .. 'out', 0)
    if not first or cmsgpack.unpack(first)[1] > op[2] then return true end
    call('LPOP', prefix .. 'out')
  end
end
