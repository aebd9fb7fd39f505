-- The library's two functions: `write` does a group of operations, each wholly or not at all, `read` answers questions.

-- What an operation answers, or { code, message } as a map, which no other answer is.
local function attempt(apply, op)
  if not apply then return { code = 'INTERNAL', message = 'The store knows no operation ' .. tostring(op[1]) } end
  local done, answer = pcall(apply, op)
  if done then return answer end
  record.forget()
  if type(answer) == 'table' and answer.code then return answer end
  local reason = type(answer) == 'table' and answer.err or answer
  return { code = 'INTERNAL', message = op[1] .. ' failed in Redis: ' .. tostring(reason) }
end

-- Reads the rows that operations are about with one command.
local function fetch_all(ops)
  local ids = {}
  for i = 1, #ops do
    local op = ops[i]
    if op[1] == 'append' or op[1] == 'submit' or op[1] == 'deliver' then ids[#ids + 1] = op[2] end
  end
  record.fetch(ids)
end

local function names_of(set)
  local names = {}
  for name in pairs(set) do names[#names + 1] = name end
  return names
end

-- One argument: { now, operations }, packed. Answers { answers, what changed, what only its holder wrote to, whether runs wait to be
-- claimed }, packed.
local function write(keys, args)
  begin(keys)
  local given = cmsgpack.unpack(args[1])
  local ops, answers = given[2], {}
  now = given[1]
  fetch_all(ops)
  for i = 1, #ops do answers[i] = attempt(operation[ops[i][1]], ops[i]) end
  batch.flush()
  local waiting = timed or told.store or call('EXISTS', prefix .. 'Q') == 1
  return cmsgpack.pack({ answers, names_of(told), names_of(quiet), waiting })
end

local function read(keys, args)
  begin(keys)
  local given = cmsgpack.unpack(args[1])
  local ops, answers = given[2], {}
  now = given[1]
  for i = 1, #ops do answers[i] = attempt(query[ops[i][1]], ops[i]) end
  return cmsgpack.pack({ answers })
end

redis.register_function({ function_name = 'LIBRARY_write', callback = write, flags = { 'allow-oom' } })
redis.register_function({ function_name = 'LIBRARY_read', callback = read, flags = { 'no-writes' } })
