-- Which blobs runs refer to: those are kept.

-- Counts these blobs as referred to by the run, each once.
function blob.refer(id, row, hashes)
  local tenant = split(id)
  for _, hash in ipairs(hashes) do
    if call('SADD', prefix .. 'o:' .. id, hash) == 1 then call('HINCRBY', prefix .. 'Br:' .. tenant, hash, 1) end
  end
  row[BLOBS] = row[BLOBS] or #hashes > 0
end
