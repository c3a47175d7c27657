// DingTalk's own client of a stream, which knows nothing of duban, on the fake: it
// connects, hears, answers, hears a button and who joins, and comes back when it was
// cut. So the fake fits a client that it was not written for.
'use strict'
const { test } = require('node:test')
const assert = require('node:assert')
const axios = require('axios')
const { DWClient, TOPIC_ROBOT, TOPIC_CARD, EventAck } = require('dingtalk-stream')
const { start, until } = require('../fake.js')

test('the client of a stream on the fake', { timeout: 60000 }, async (t) => {
  const fake = await start(process.env.DINGTALKD)
  let ended
  t.after(() => ended || fake.stop())
  // The client's addresses are fixed.
  axios.interceptors.request.use((c) => {
    c.url = c.url.replace(/^https:\/\/o?api\.dingtalk\.com/, `http://${fake.address}`)
    return c
  })
  console.info = console.warn = () => {}
  const [clientId, clientSecret, template] = await fake.control('app')
  const group = 'cidKe6BBL+4x7/Eiodo=='
  await fake.control('group', { id: group, people: ['张三', '李四'] })

  const stranger = new DWClient({ clientId, clientSecret: 'other', autoReconnect: false })
  await stranger.connect()
  assert.equal(stranger.connected, false)
  assert.equal(await fake.control('links'), 0)

  const bot = new DWClient({ clientId, clientSecret }) // with keepAlive it leaves a timer behind when it is cut
  t.after(() => bot.disconnect())
  const heard = []; const pressed = []; const events = []
  bot.registerCallbackListener(TOPIC_ROBOT, (f) => heard.push(f))
  bot.registerCallbackListener(TOPIC_CARD, (f) => pressed.push(f))
  bot.registerAllEventListener((f) => { events.push(f); return { status: EventAck.SUCCESS } })
  await bot.connect()
  assert.equal(bot.connected, true)

  const token = await bot.getAccessToken()
  const call = async (method, path, body) => {
    const res = await fetch(`http://${fake.address}${path}`, { method, body: JSON.stringify(body), headers: { 'x-acs-dingtalk-access-token': token } })
    return [res.status, await res.json()]
  }
  const [status, sent] = await call('POST', '/v1.0/robot/groupMessages/send',
    { robotCode: clientId, openConversationId: group, msgKey: 'sampleText', msgParam: '{"content":"寒假安全提醒"}' })
  assert.deepEqual([status, typeof sent.processQueryKey], [200, 'string'])

  await fake.control('say', { chat: group, person: '张三', text: '@duban 第3条 <1>\n谢谢', quoted: '寒假安全提醒' })
  await until(() => heard.length === 1)
  const said = JSON.parse(heard[0].data)
  assert.deepEqual([said.conversationType, said.conversationId, said.senderStaffId, said.senderNick, said.msgtype, said.isInAtList],
    ['2', group, await fake.control('person', { person: '张三' }), '张三', 'text', true])
  assert.equal(said.text.content.trim(), '第3条 <1>\n谢谢')
  assert.equal(said.originalProcessQueryKey, sent.processQueryKey)
  assert.equal(await fake.control('unanswered'), 1)
  bot.socketCallBackResponse(heard[0].headers.messageId, '')
  await until(async () => await fake.control('unanswered') === 0)

  const card = {
    cardTemplateId: template, outTrackId: 'card-1', callbackType: 'STREAM', userIdType: 1, openSpaceId: `dtv1.card//IM_GROUP.${group}`,
    cardData: { cardParamMap: { text: '寒假安全提醒', label1: '收到', press1: 'yes' } }, imGroupOpenDeliverModel: { robotCode: clientId }
  }
  assert.equal((await call('POST', '/v1.0/card/instances/createAndDeliver', card))[1].result.deliverResults[0].success, true)
  await fake.control('press', { chat: group, person: '李四', label: '收到' })
  await until(() => pressed.length === 1)
  const press = JSON.parse(pressed[0].data)
  assert.deepEqual([press.outTrackId, press.userId, JSON.parse(press.content).cardPrivateData.params.press],
    ['card-1', await fake.control('person', { person: '李四' }), 'yes'])
  bot.socketCallBackResponse(pressed[0].headers.messageId, {})

  await fake.control('join', { chat: group, person: '王五' })
  await until(() => events.length === 1)
  assert.equal(events[0].headers.eventType, 'chat_add_member')
  await until(async () => await fake.control('unanswered') === 0) // the client answers events itself

  await fake.control('cut')
  await until(async () => await fake.control('links') === 2)
  await fake.control('say', { chat: group, person: '李四', text: '@duban 还在吗' })
  await until(() => heard.length === 2)
  bot.disconnect()
  ended = true
  assert.equal(await fake.stop(), 0)
})
