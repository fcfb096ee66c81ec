-- Drives Neovim's own language client against the server, headless, and writes what it saw as one JSON object a line.
-- DOC: the file to open; PROGRAM: node and the program; OUT: where to write.
local out = io.open(os.getenv('OUT'), 'w')
local function log(key, value)
  out:write(vim.fn.json_encode({ [key] = value }) .. '\n')
  out:flush()
end

local ok, problem = xpcall(function()
  vim.cmd('edit ' .. vim.fn.fnameescape(os.getenv('DOC')))
  vim.bo.filetype = 'yaml'
  local id = vim.lsp.start_client({
    name = 'drillbook',
    cmd = vim.fn.json_decode(os.getenv('PROGRAM')),
    root_dir = vim.fn.getcwd(),
    init_options = { trusted = true, liveOnOpen = false },
    capabilities = vim.lsp.protocol.make_client_capabilities(),
  })
  vim.lsp.buf_attach_client(0, id)
  local client = function() return vim.lsp.get_client_by_id(id) end
  log('attached', vim.wait(15000, function()
    return client() and client().initialized == true and vim.lsp.buf_is_attached(0, id)
  end, 20))
  vim.wait(15000, function()
    for _, each in ipairs(vim.diagnostic.get(0)) do
      if each.code == 'schema/value' then return true end
    end
    return false
  end, 20)
  for _, each in ipairs(vim.diagnostic.get(0)) do
    log('diagnostic', { line = each.lnum, column = each.col, severity = each.severity, source = each.source, code = each.code })
  end
  local function request(method, params)
    local answers, failure = vim.lsp.buf_request_sync(0, method, params, 10000)
    local answer = answers and answers[id]
    log(method, answer and (answer.result or answer.error or answer.err) or { failure = failure })
  end
  local document = { uri = vim.uri_from_bufnr(0) }
  request('textDocument/completion', { textDocument = document, position = { line = tonumber(os.getenv('LINE')), character = 10 } })
  request('textDocument/hover', { textDocument = document, position = { line = tonumber(os.getenv('LINE')), character = 2 } })
  request('textDocument/documentSymbol', { textDocument = document })
  vim.lsp.codelens.refresh()
  vim.wait(10000, function() return #vim.lsp.codelens.get(0) > 0 end, 20)
  local run
  for _, lens in ipairs(vim.lsp.codelens.get(0)) do
    log('lens', { title = lens.command.title, command = lens.command.command })
    if lens.command.command == 'drillbook.dryRun' then run = lens.command end
  end
  -- What codelens.run does with a command of the server's.
  request('workspace/executeCommand', { command = run.command, arguments = run.arguments })
  vim.lsp.stop_client(id)
  log('stopped', vim.wait(5000, function() return vim.lsp.client_is_stopped(id) end, 20))
end, debug.traceback)
if not ok then log('problem', problem) end
out:close()
vim.cmd(ok and 'qa!' or 'cq!')
