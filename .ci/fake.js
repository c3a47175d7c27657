// What the tests of other people's clients do to a fake that runs as a process.
'use strict'
const { spawn } = require('node:child_process')
const { once } = require('node:events')
const readline = require('node:readline')

// start runs the fake and returns what a test does to it.
exports.start = async (binary, ...flags) => {
  const child = spawn(binary, ['-idle', '1m', ...flags], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [address] = await once(readline.createInterface({ input: child.stdout }), 'line')
  const control = async (path, body) => {
    const res = await fetch(`http://${address}/control/${path}`, body && {
      method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' }
    })
    if (!res.ok) throw new Error(`${path}: ${res.status} ${await res.text()}`)
    return res.json()
  }
  const stop = async () => {
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    return (await ended)[0]
  }
  return { address, control, stop }
}

// until waits until something is so. The test's own time ends it.
exports.until = async (so) => {
  while (!await so()) await new Promise((resolve) => setTimeout(resolve, 10))
}
