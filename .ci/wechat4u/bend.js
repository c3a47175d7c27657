// Axios, bent towards the fake of the web-WeChat server.
'use strict'
const axios = require('axios')

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
