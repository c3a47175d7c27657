// WeCom's own client, which knows nothing of duban, on the fake: it subscribes,
// hears, answers, says something by itself, sends a card and hears its button. So the
// fake fits a client that it was not written for.
'use strict'
const { test } = require('node:test')
const assert = require('node:assert')
const { once } = require('node:events')
const { WSClient } = require('@wecom/aibot-node-sdk')
const { start } = require('../fake.js')

const quiet = { debug () {}, info () {}, warn () {}, error () {} }

test('the client of an AI bot on the fake', { timeout: 60000 }, async (t) => {
  const fake = await start(process.env.WECOMD)
  let ended
  t.after(() => ended || fake.stop())
  await fake.control('group', { id: 'wr1', people: ['F001', 'F002'] })
  const options = { botId: 'aib-1', secret: 'secret-1', wsUrl: `ws://${fake.address}/`, reconnectInterval: 50, heartbeatInterval: 100, logger: quiet }

  const stranger = new WSClient({ ...options, secret: 'other', maxAuthFailureAttempts: 0 })
  const refused = new Promise((resolve) => stranger.once('error', resolve))
  stranger.connect()
  assert.match((await refused).message, /853000/)
  stranger.disconnect()

  const bot = new WSClient(options)
  const errors = []
  bot.on('error', (err) => errors.push(err))
  const authenticated = once(bot, 'authenticated')
  bot.connect()
  await authenticated

  const heard = once(bot, 'message.text')
  await fake.control('say', { chat: 'wr1', person: 'F001', text: '@duban 第3条 <1>\n谢谢', quoted: '寒假安全提醒' })
  const [question] = await heard
  assert.equal(question.body.text.content, '@duban 第3条 <1>\n谢谢')
  assert.equal(question.body.quote.text.content, '寒假安全提醒')
  assert.deepEqual([question.body.chattype, question.body.chatid, question.body.from.userid], ['group', 'wr1', 'F001'])

  await bot.replyStream(question, 's1', '第3条 …', false)
  assert.equal((await bot.replyStream(question, 's1', '第3条 **已办结**', true)).errcode, 0)
  await bot.sendMessage('wr1', { msgtype: 'markdown', markdown: { content: '# 通知' } })
  await assert.rejects(bot.sendMessage('F002', { msgtype: 'markdown', markdown: { content: '在吗' } }), (ack) => ack.errcode === 93006)
  await assert.rejects(bot.sendMessage('wr1', { msgtype: 'text', text: { content: '在吗' } }), (ack) => ack.errcode === 40008)

  const card = {
    card_type: 'button_interaction', main_title: { title: '寒假安全提醒' }, task_id: 'task-1',
    button_list: [{ text: '收到', style: 1, key: 'yes' }]
  }
  await bot.sendMessage('wr1', { msgtype: 'template_card', template_card: card })
  for (const person of ['F001', 'F002']) { // one in each form
    const pressed = once(bot, 'event.template_card_event')
    await fake.control('press', { chat: 'wr1', person, label: '收到' })
    const [press] = await pressed
    const { event } = press.body
    assert.deepEqual([event.event_key ?? event.template_card_event.event_key, press.body.from.userid], ['yes', person])
    await bot.updateTemplateCard(press, { ...card, sub_title_text: '已登记' }, [person])
    assert.equal(await fake.control('seen', { person, card: 'task-1' }), '寒假安全提醒\n已登记 [收到]')
  }

  const sent = await fake.control('sent')
  assert.deepEqual(sent.map((s) => [s.Chat, s.Way, s.Text]),
    [['wr1', 'reply', '第3条 已办结'], ['wr1', 'bot', '通知'], ['wr1', 'bot', '寒假安全提醒']])

  const again = once(bot, 'authenticated')
  await fake.control('cut')
  await again
  await new Promise((resolve) => setTimeout(resolve, 500)) // heartbeats are answered
  assert.equal((await fake.control('links')), 2)

  const replaced = once(bot, 'event.disconnected_event')
  const other = new WSClient(options)
  other.connect()
  await replaced
  other.disconnect()
  bot.disconnect()
  assert.deepEqual(errors, [])
  ended = true
  assert.equal(await fake.stop(), 0)
})
