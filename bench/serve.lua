-- wrk asks for the requests that bench.serve wrote, in turn, at a rate if one is given, and tells
-- in JSON what came of it.
local ffi = require("ffi")
ffi.cdef [[
typedef struct { long seconds; long nanoseconds; } moment;
int clock_gettime(int clock, moment *now);
]]

local requests, number = {}, 0
local rate, due = tonumber(os.getenv("BENCH_RATE") or "0"), nil

local function now() -- milliseconds, CLOCK_MONOTONIC
  local moment = ffi.new("moment")
  ffi.C.clock_gettime(1, moment)
  return tonumber(moment.seconds) * 1000 + tonumber(moment.nanoseconds) / 1e6
end

function init()
  local file = assert(io.open(os.getenv("BENCH_REQUESTS"), "rb"))
  for one in string.gmatch(file:read("*a"), "(.-\r\n\r\n)") do
    requests[#requests + 1] = one
  end
  file:close()
end

function request()
  number = number % #requests + 1
  return requests[number]
end

if rate > 0 then
  function delay()
    due = math.max((due or now()) + 1000 / rate, now() - 1000)
    return math.max(0, math.floor(due - now()))
  end
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format(
    'RESULT {"requests": %d, "seconds": %.3f, "bytes": %.0f, "p50_ms": %.3f, "p99_ms": %.3f, "max_ms": %.3f, ' ..
    '"errors": {"connect": %d, "read": %d, "write": %d, "status": %d, "timeout": %d}}',
    summary.requests, summary.duration / 1e6, summary.bytes, latency:percentile(50) / 1000,
    latency:percentile(99) / 1000, latency.max / 1000,
    errors.connect, errors.read, errors.write, errors.status, errors.timeout))
end
