-- Lists of open questions: of one run, of an assignee, of an agent, or all. Members are run and id.

local QUESTIONS_LOOKED_AT = 500

local function question_of(id, name)
  local bytes = call('HGET', prefix .. 'q:' .. id, name)
  return bytes and cmsgpack.unpack(bytes)
end

-- { 'question', id, name }: { agent, asked, assignee, deadline, payload } or false.
function query.question(op) return question_of(op[2], op[3]) or false end

-- Those of one run are few, and lie together.
local function questions_of(id, run)
  local names, list = call('HKEYS', prefix .. 'q:' .. id), {}
  for i = 1, #names do list[i] = { question_of(id, names[i])[2], index.joined(run, names[i]) } end
  return function(after, count) return order.merge({ order.sort(list, after) }, count) end
end

-- { 'questions', tenant, run, agent, assignee, limit, after }. Answers { { run, id, question }…, where to look on or false }.
function query.questions(op)
  local tenant, run, agent, assignee = op[2], op[3], op[4], op[5]
  local list = prefix .. 'y:' .. tenant
  if assignee then list = list .. ':w:' .. assignee elseif agent then list = list .. ':a:' .. agent end
  local read = run and questions_of(tenant .. ':' .. run, run)
    or function(after, count) return order.list(list, after, nil, nil, count) end
  return order.page(read, op[7], op[6], QUESTIONS_LOOKED_AT, function(at)
    local owner, name = index.parts(at[2])
    local found = question_of(tenant .. ':' .. owner, name)
    if not found or (agent and found[1] ~= agent) or (assignee and found[3] ~= assignee) then return nil end
    return { owner, name, found }
  end)
end
