-- Workers and their leases, which end by Redis' own clock (G6). A run is its holder's until it is queued again, and then its epoch rises.
-- Ends of leases are scores; of a worker that was taken for dead the score is less than 0, the time of its death, for a day.
local DEAD_LIFE = 24 * 60 * 60 * 1000

local function time()
  local read = call('TIME')
  return read[1] * 1000 + math.floor(read[2] / 1000)
end

-- Queues what a worker holds; answers how many runs.
local function release(worker, crashes)
  local ids = call('ZRANGE', prefix .. 'wh:' .. worker, 0, -1)
  table.sort(ids)
  record.fetch(ids)
  for _, id in ipairs(ids) do
    local row = record.find(id)
    row[CRASHES] = row[CRASHES] + crashes
    move.queue(id, row, now)
  end
  batch.set('wn', worker, false)
  return #ids
end

local function forget(worker)
  call('HDEL', prefix .. 'w', worker)
  call('ZREM', prefix .. 'wl', worker)
end

-- When the worker's lease ends: nil where it has none, 0 where it was taken for dead.
local function lease_end(worker)
  local ends = tonumber(call('ZSCORE', prefix .. 'wl', worker) or nil)
  return ends and math.max(ends, 0)
end

-- Whether the worker's lease is over: it gets nothing, whether others have noticed or not.
function lease.is_over(worker)
  local ends = lease_end(worker)
  return ends ~= nil and ends <= time()
end

-- Remembers that somebody keeps a lease of so many ms. Where nobody did for half of that, the store was away, or everyone: then no lease
-- ends for as long, or the first who is back would take all others for dead; and where this is another server, or one that was started
-- again, for long enough to connect to it.
local RECONNECT = 3000

local function keep_lease(ms)
  local at, server = time(), string.match(call('INFO', 'server'), 'run_id:(%x+)')
  local last, before = string.match(call('GET', prefix .. 'beat') or '', '^(%d+) ?(%x*)$')
  if last and at - last > ms / 2 then
    local ends = at + math.max(ms / 2, server == before and 0 or RECONNECT)
    for _, worker in ipairs(call('ZRANGEBYSCORE', prefix .. 'wl', 1, ends)) do
      call('ZADD', prefix .. 'wl', ends, worker)
    end
  end
  call('SET', prefix .. 'beat', string.format('%.0f %s', at, server))
  return at
end

-- { 'register', worker, record, lease (ms) }: false where another one of that name lives.
function operation.register(op)
  local worker, at = op[2], keep_lease(op[4])
  local ends = lease_end(worker)
  if ends and ends > at and call('HGET', prefix .. 'w', worker) ~= op[3] then return false end
  call('HSET', prefix .. 'w', worker, op[3])
  call('ZADD', prefix .. 'wl', at + op[4], worker)
  return true
end

-- { 'update', worker, record }: one that is not registered any more stays so.
function operation.update(op)
  if call('HEXISTS', prefix .. 'w', op[2]) == 1 then call('HSET', prefix .. 'w', op[2], op[3]) end
  return true
end

-- { 'renew', worker, lease (ms) }: false where the worker is taken for dead.
function operation.renew(op)
  if (lease_end(op[2]) or 0) == 0 then return false end
  call('ZADD', prefix .. 'wl', keep_lease(op[3]) + op[3], op[2])
  return true
end

-- { 'unregister', worker }
function operation.unregister(op)
  batch.flush()
  release(op[2], 0)
  forget(op[2])
  return true
end

-- { 'reap', lease (ms) }: how many runs were queued, of the dead with a crash counted, and of those who are not registered.
function operation.reap(op)
  batch.flush()
  local count, at = 0, keep_lease(op[2])
  for _, worker in ipairs(call('ZRANGEBYSCORE', prefix .. 'wl', 1, at)) do
    count = count + release(worker, 1)
    forget(worker)
    call('ZADD', prefix .. 'wl', -at, worker)
    told['worker/' .. worker] = true
  end
  call('ZREMRANGEBYSCORE', prefix .. 'wl', -at + DEAD_LIFE, '(0')
  batch.flush()
  for _, worker in ipairs(call('SMEMBERS', prefix .. 'wn')) do
    if call('HEXISTS', prefix .. 'w', worker) == 0 then count = count + release(worker, 0) end
  end
  return count
end

-- { 'workers' }
function query.workers() return call('HVALS', prefix .. 'w') end

-- { 'lead', name, holder, ms }: whether the lead in something was given, to its holder or to whoever asks once its time is over.
function operation.lead(op)
  local key, at = prefix .. 'lead', time()
  local bytes = call('HGET', key, op[2])
  local kept = bytes and cmsgpack.unpack(bytes)
  if kept and kept[1] ~= op[3] and kept[2] > at then return false end
  if op[4] <= 0 then
    call('HDEL', key, op[2])
    return false
  end
  call('HSET', key, op[2], cmsgpack.pack({ op[3], at + op[4] }))
  return true
end
