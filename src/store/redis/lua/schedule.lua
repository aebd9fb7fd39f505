-- Schedules: all in one hash by tenant and name, each { what never changes as JSON, input, next, last, last run }.

local function put_schedule(name, schedule) call('HSET', prefix .. 'h', name, cmsgpack.pack(schedule)) end

-- { 'put-schedule', tenant, name, fixed, input, next, last, last run }
operation['put-schedule'] = function(op)
  put_schedule(op[2] .. ':' .. op[3], { op[4], op[5], op[6] or false, op[7] or false, op[8] or false })
  return true
end

-- { 'remove-schedule', tenant, name }
operation['remove-schedule'] = function(op) return call('HDEL', prefix .. 'h', op[2] .. ':' .. op[3]) == 1 end

-- The run that a submit made, or one that was there already.
local function submitted_run(given, outcome)
  if outcome[1] == 'submitted' then return select(2, split(given[2])) end
  return outcome[1] == 'duplicate' and select(2, split(outcome[2][1]))
end

-- { 'tick', tenant, name, due, next, submit, run }: moves a schedule on and submits its run, unless its next tick is not the one expected any
-- more, or the store is paused; `run` is one that was submitted before.
function operation.tick(op)
  local name = op[2] .. ':' .. op[3]
  local bytes = call('HGET', prefix .. 'h', name)
  local schedule = bytes and cmsgpack.unpack(bytes)
  if not schedule or not op[4] or schedule[3] ~= op[4] or store.pause() then return false end
  local outcome = op[6] and add_run(op[6])
  schedule[3] = op[5] or false
  local run = outcome and submitted_run(op[6], outcome) or op[7]
  if run then schedule[4], schedule[5] = op[4], run end
  put_schedule(name, schedule)
  return true
end

-- { 'schedules', tenant }: { tenant:name, schedule }, of one tenant or of all.
function query.schedules(op)
  local found, list = call('HGETALL', prefix .. 'h'), {}
  for i = 1, #found, 2 do
    if not op[2] or split(found[i]) == op[2] then list[#list + 1] = { found[i], cmsgpack.unpack(found[i + 1]) } end
  end
  return list
end
