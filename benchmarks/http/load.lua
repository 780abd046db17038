-- One load for both servers: unique keys of 16 bytes, values that compress by half, everything in base64, as etcd's gateway wants it.
--
--   wrk -s load.lua URL -- SERVER WORK VALUE_BYTES SEED KEYS
--
-- SERVER is blockdb or etcd; WORK is put, get or batch (100 puts in one request); gets draw from the first KEYS keys of SEED.

-- wrk asks for a first request that it does not send: the keys of that batch are not there.
local SKIPPED = 1000

local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local function base64(text)
    local out = {}
    for i = 1, #text, 3 do
        local a, b, c = text:byte(i, i + 2)
        local n = a * 65536 + (b or 0) * 256 + (c or 0)
        for shift = 18, 0, -6 do
            local at = math.floor(n / 2 ^ shift) % 64 + 1
            out[#out + 1] = alphabet:sub(at, at)
        end
        if not b then out[#out - 1] = "=" end
        if not c then out[#out] = "=" end
    end
    return table.concat(out)
end

local headers = { ["Content-Type"] = "application/json" }

function init(args)
    server, work, size, seed, keys = args[1], args[2], tonumber(args[3]), args[4], tonumber(args[5])
    counter = 0
    math.randomseed(tonumber(seed))
    local random = {}
    for i = 1, size / 2 do random[i] = string.char(math.random(33, 126)) end
    value = base64(table.concat(random) .. string.rep("x", size - #random))
end

local function key(n) return base64(string.format("%s%012d", seed, n)) end

local function operation(n)
    if server == "etcd" then
        return '{"request_put":{"key":"' .. key(n) .. '","value":"' .. value .. '"}}'
    end
    return '{"key":"' .. key(n) .. '","value":"' .. value .. '"}'
end

local function batch()
    local operations = {}
    for i = 1, 100 do
        operations[i] = operation(counter)
        counter = counter + 1
    end
    local all = table.concat(operations, ",")
    if server == "etcd" then
        return wrk.format("POST", "/v3/kv/txn", headers, '{"success":[' .. all .. "]}")
    end
    return wrk.format("POST", "/api/v1/batch", headers, '{"encoding":"base64","operations":[' .. all .. "]}")
end

function request()
    if work == "batch" then return batch() end
    if work == "get" then
        local k = key(math.random(SKIPPED, keys - 1))
        if server == "etcd" then return wrk.format("POST", "/v3/kv/range", headers, '{"key":"' .. k .. '"}') end
        return wrk.format("GET", "/api/v1/get/" .. k:gsub("[+/=]", { ["+"] = "%2B", ["/"] = "%2F", ["="] = "%3D" }) .. "?encoding=base64")
    end
    local k = key(counter)
    counter = counter + 1
    if server == "etcd" then
        return wrk.format("POST", "/v3/kv/put", headers, '{"key":"' .. k .. '","value":"' .. value .. '"}')
    end
    return wrk.format("POST", "/api/v1/put", headers, '{"encoding":"base64","key":"' .. k .. '","value":"' .. value .. '"}')
end

function done(summary, latency, requests)
    local bad = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
    io.write(string.format("RESULT %.0f %.3f %.3f %d %d\n", summary.requests / summary.duration * 1e6,
        latency:percentile(50) / 1000, latency:percentile(99) / 1000, bad, summary.requests))
end
