// The fake of the web-WeChat server as a process, and axios bent towards it.
'use strict'
const { spawn } = require('node:child_process')
const { once } = require('node:events')
const readline = require('node:readline')
const axios = require('axios')

// start runs the fake and returns what a test does to it.
exports.start = async (binary) => {
  const child = spawn(binary, ['-hold', '2s', '-idle', '1m'], { stdio: ['ignore', 'pipe', 'inherit'] })
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

// bend lets every client that is made from now on ask the fake for what it
// believes to ask https://wx.qq.com and the other real hosts.
exports.bend = (address) => {
  const create = axios.create.bind(axios)
  axios.create = (defaults) => {
    const client = create(defaults)
    client.interceptors.request.use((config) => {
      const url = new URL(config.url)
      config.headers.set('Host', url.host)
      config.url = `http://${address}${url.pathname}${url.search}`
      return config
    })
    return client
  }
}
