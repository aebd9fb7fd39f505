-- One commit: { 'append', id, epoch, first, bytes, progress, entries, next, more }. `first` is the first entry's sequence.
-- `more` has what few have: seize, broken, consumed, messages, submits, asks, closes, withdraws, state, title, blobs, reserves, settles, charges,
-- raises, snapshot, outbox (what is for other shards). Everything is checked before the first write, since Redis takes nothing back.

-- Why the run's standing forbids the commit, if it does.
local function refuse(row, id, epoch, first, seize)
  local status, held = row[STATUS], row[EPOCH]
  if not seize then
    if epoch == held and status == 'running' then return nil end
    return { 'fenced', held }
  end
  if status == 'running' then return { 'conflict', 'Run ' .. id .. ' is held by a worker' } end
  if epoch ~= held + 1 then return { 'conflict', 'Run ' .. id .. ' is at epoch ' .. held } end
  if first and first ~= row[SEQUENCE] + 1 then return { 'conflict', 'Run ' .. id .. ' is at entry ' .. row[SEQUENCE] } end
end

-- Why what others share is in the commit's way, if it is.
local function hinder(id, row, next, more)
  for _, name in ipairs(more.closes or {}) do
    if not question.is_open(id, row, name) then return { 'conflict', 'Question ' .. name .. ' is not open any more' } end
  end
  local overrun = more.reserves and spend.overrun(id, row, more.reserves, more.settles)
  if overrun then return overrun end
  local ends = next and ENDED_STATUS[next[1]] and not next[4]
  if ends and inbox.has_event(id, row, more.consumed) then return { 'unread' } end
  for _, submit in ipairs(more.submits or {}) do
    if submit[11] and submit[11].broken then fail('CONFLICT', submit[11].broken) end
  end
end

-- What the commit does to its own run beside its entries, short of where it stands afterwards.
local function keep(id, row, more)
  inbox.consume(id, row, more.consumed or {})
  for _, name in ipairs(more.closes or {}) do question.close(id, row, name) end
  for _, name in ipairs(more.withdraws or {}) do question.close(id, row, name) end
  for _, asked in ipairs(more.asks or {}) do question.ask(id, row, asked) end
  spend.apply(id, row, more.raises, more.settles, more.reserves, more.charges)
  if more.state then turn.write(id, row, more.state) end
  if more.title then turn.entitle(id, row, more.title) end
  if more.blobs then blob.refer(id, row, more.blobs) end
  row[SNAPSHOT] = more.snapshot or row[SNAPSHOT]
end

-- What a run that goes on as another has not read, for that one: all but what it waited for itself.
local function left_for(id, row, to)
  local left = {}
  for _, message in ipairs(to and inbox.list(id, row) or {}) do
    local kind = message[3]
    if kind == 'event' or kind == 'cancel' or kind == 'pause' then
      left[#left + 1] = { split(id) .. ':' .. to, message[2], kind, message[4], message[5], message[6] }
    end
  end
  return left
end

-- A run that ends gives its turn first to a run of this very commit, its continuation, and only then to those that wait.
local function reach_out(id, row, next, more)
  for _, message in ipairs(more.messages or {}) do inbox.deliver(message) end
  local left = left_for(id, row, next and next[4])
  if next then move.on(id, row, next)
  elseif ENDED_STATUS[row[STATUS]] then spend.close(id, row) end
  for _, submit in ipairs(more.submits or {}) do add_run(submit) end
  for _, message in ipairs(left) do inbox.deliver(message) end
  if more.outbox then outbox.put(more.outbox) end
  if row[SESSION] then turn.pass(split(id), row[SESSION]) end
end

local NONE = {}

function operation.append(op)
  local id, epoch, entries, next, more = op[2], op[3], op[7], op[8], op[9] or NONE
  local first = #entries > 0 and op[4]
  local row = record.find(id)
  if not row then return { 'conflict', 'There is no run ' .. id } end
  local head = row[SEQUENCE]
  if first and first <= head and not more.broken and are_there(id, first, entries) then
    -- A retry after which the run would stay with its holder is of use to its holder alone.
    return not next and not more.seize and refuse(row, id, epoch) or row[STATUS]
  end
  local refusal = refuse(row, id, epoch, first, more.seize)
  if refusal then return refusal end
  if more.broken or (first and first ~= head + 1) then
    fail('CONFLICT', more.broken or 'Expected entry ' .. head + 1 .. ' of run ' .. id .. ', got entry ' .. first)
  end
  if next or more ~= NONE then
    local hindrance = hinder(id, row, next, more)
    if hindrance then return hindrance end
  end
  push(id, row, entries, op[5])
  row[EPOCH], row[UPDATED] = epoch, now
  if op[6] then row[CRASHES] = 0 end
  if more == NONE and not next then
    changed[id], quiet[id] = true, true
    return row[STATUS]
  end
  keep(id, row, more)
  if next or more.seize or more.messages or more.submits or more.outbox then
    record.put(id, row)
    reach_out(id, row, next, more)
  else changed[id], quiet[id] = true, true end
  return row[STATUS]
end
