// Feishu's own client, which knows nothing of duban, on the fake: it connects, hears,
// answers, quotes, sends a card and hears its button, sends and fetches files, learns who
// has read, and comes back when it was cut. So the fake fits a client that it was not
// written for.
'use strict'
const { test } = require('node:test')
const assert = require('node:assert')
const { Client, WSClient, EventDispatcher, LoggerLevel } = require('@larksuiteoapi/node-sdk')
const { start, until } = require('../fake.js')

const quiet = { error () {}, warn () {}, info () {}, debug () {}, trace () {} }

test('the client of a robot on the fake', { timeout: 60000 }, async (t) => {
  const fake = await start(process.env.FEISHUD)
  let ended
  t.after(() => ended || fake.stop())
  const [appId, appSecret, robot] = await fake.control('app')
  await fake.control('group', { id: '1', people: ['张三', '李四'] })
  const domain = `http://${fake.address}`
  const options = { appId, appSecret, domain, logger: quiet, loggerLevel: LoggerLevel.error }

  const stranger = new Client({ ...options, appSecret: 'other', disableTokenCache: true })
  const refused = await stranger.im.message.create({ params: { receive_id_type: 'chat_id' }, data: { receive_id: 'oc_1', msg_type: 'text', content: '{"text":"一"}' } })
  assert.notEqual(refused.code, 0)

  const heard = []; const pressed = []; const recalled = []; const joined = []
  const ws = new WSClient({ ...options, autoReconnect: true })
  t.after(() => ws.close({ force: true }))
  await ws.start({
    eventDispatcher: new EventDispatcher({ logger: quiet }).register({
      'im.message.receive_v1': async (data) => { heard.push(data) },
      'im.message.recalled_v1': async (data) => { recalled.push(data) },
      'im.chat.member.user.added_v1': async (data) => { joined.push(data) },
      'card.action.trigger': async (data) => { pressed.push(data); return { toast: { type: 'success', content: '已提交' } } }
    })
  })
  await until(async () => await fake.control('connected') === 1)

  const client = new Client(options)
  const say = (content, kind = 'text', to = 'oc_1') => client.im.message.create({
    params: { receive_id_type: to.startsWith('oc_') ? 'chat_id' : 'open_id' },
    data: { receive_id: to, msg_type: kind, content: JSON.stringify(content), uuid: kind + to + JSON.stringify(content).length }
  })
  const sent = await say({ text: '寒假安全提醒' })
  assert.equal(sent.code, 0)
  assert.equal((await say({ text: '寒假安全提醒' })).data.message_id, sent.data.message_id) // dropped as a copy
  assert.deepEqual(await fake.control('shown', { chat: 'oc_1' }), ['寒假安全提醒'])

  await fake.control('say', { chat: 'oc_1', person: '张三', text: '@学工小助手 第3条 <1>\n谢谢', quoted: '寒假安全提醒' })
  await until(() => heard.length === 1)
  const { message, sender } = heard[0]
  assert.deepEqual([message.chat_id, message.chat_type, message.message_type, message.parent_id], ['oc_1', 'group', 'text', sent.data.message_id])
  assert.deepEqual([message.mentions[0].id.open_id, sender.sender_id.open_id], [robot, await fake.control('person', { person: '张三' })])
  assert.equal(JSON.parse(message.content).text, '@_user_1 第3条 <1>\n谢谢')
  await until(async () => await fake.control('unanswered') === 0)

  const card = { config: { update_multi: true }, elements: [
    { tag: 'div', text: { tag: 'plain_text', content: '通知3' } },
    { tag: 'action', actions: [{ tag: 'button', text: { tag: 'plain_text', content: '收到' }, value: { says: '通知3收到' } }] }] }
  const shown = await say(card, 'interactive')
  await fake.control('press', { chat: 'oc_1', person: '李四', label: '收到' })
  await until(() => pressed.length === 1)
  assert.deepEqual([pressed[0].action.value.says, pressed[0].context.open_message_id], ['通知3收到', shown.data.message_id])
  await until(async () => await fake.control('unanswered') === 0)
  card.elements[0].text.content = '通知3（已回1）'
  assert.equal((await client.im.message.patch({ path: { message_id: shown.data.message_id }, data: { content: JSON.stringify(card) } })).code, 0)
  await fake.control('read', { chat: 'oc_1', person: '张三', text: '通知3（已回1）' })
  const reads = await client.im.message.readUsers({ path: { message_id: shown.data.message_id }, params: { user_id_type: 'open_id' } })
  assert.deepEqual(reads.data.items.map((i) => i.user_id), [await fake.control('person', { person: '张三' })])

  const file = await client.im.file.create({ data: { file_type: 'pdf', file_name: '名单.pdf', file: Buffer.from('%PDF-1.7 收到') } })
  await say({ file_key: file.file_key }, 'file')
  assert.deepEqual((await fake.control('files', { chat: 'oc_1' })).map((f) => [f.Name, Buffer.from(f.Data, 'base64').toString()]), [['名单.pdf', '%PDF-1.7 收到']])
  await fake.control('attach', { chat: 'oc_1', person: '李四', text: '总结.txt', label: '第3条' })
  await until(() => heard.length === 2)
  const got = await client.im.messageResource.get({
    path: { message_id: heard[1].message.message_id, file_key: JSON.parse(heard[1].message.content).file_key }, params: { type: 'file' }
  })
  const parts = []
  for await (const part of got.getReadableStream()) parts.push(part)
  assert.equal(Buffer.concat(parts).toString(), '第3条')

  await fake.control('join', { chat: 'oc_1', person: '王五' })
  await until(() => joined.length === 1)
  assert.equal(joined[0].users[0].name, '王五')
  await fake.control('recall', { chat: 'oc_1', text: '@学工小助手 第3条 <1>\n谢谢' })
  await until(() => recalled.length === 1)
  assert.equal(recalled[0].message_id, message.message_id)

  ws.close({ force: true })
  ended = true
  assert.equal(await fake.stop(), 0)
})
