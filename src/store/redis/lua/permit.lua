-- How many runs may be executed at once, over all shards and workers: permits, which each worker takes before it claims.

-- { 'permit', name, worker, wanted, limit }: how many the worker has then. It never has fewer than it asks for again out of those it had.
function operation.permit(op)
  local name, worker, wanted = prefix .. 'pm:' .. op[2], op[3], op[4]
  local others = 0
  local found = call('HGETALL', name)
  for i = 1, #found, 2 do
    if found[i] ~= worker then others = others + tonumber(found[i + 1]) end
  end
  local given = math.max(0, math.min(wanted, op[5] - others))
  if given > 0 then
    call('HSET', name, worker, given)
    call('SADD', prefix .. 'pn', op[2])
  elseif call('HDEL', name, worker) == 1 and call('EXISTS', name) == 0 then call('SREM', prefix .. 'pn', op[2]) end
  return given
end

-- { 'permits-of', workers }: drops the permits of all others.
operation['permits-of'] = function(op)
  local alive = {}
  for _, worker in ipairs(op[2]) do alive[worker] = true end
  for _, name in ipairs(call('SMEMBERS', prefix .. 'pn')) do
    for _, worker in ipairs(call('HKEYS', prefix .. 'pm:' .. name)) do
      if not alive[worker] then call('HDEL', prefix .. 'pm:' .. name, worker) end
    end
    if call('EXISTS', prefix .. 'pm:' .. name) == 0 then call('SREM', prefix .. 'pn', name) end
  end
  return true
end

-- { 'held', worker }: how many runs a worker executes, as { agent, count }, and as { tenant, count }.
query.held = function(op)
  local agents, tenants, counts = {}, {}, { {}, {} }
  local ids = call('ZRANGE', prefix .. 'wh:' .. op[2], 0, -1)
  record.fetch(ids)
  for i = 1, #ids do
    local row, tenant = record.find(ids[i]), split(ids[i])
    if row then
      agents[row[AGENT]] = (agents[row[AGENT]] or 0) + 1
      tenants[tenant] = (tenants[tenant] or 0) + 1
    end
  end
  for name, count in pairs(agents) do table.insert(counts[1], { name, count }) end
  for name, count in pairs(tenants) do table.insert(counts[2], { name, count }) end
  return counts
end
