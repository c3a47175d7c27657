// wechat4u, which knows nothing of duban, logs in on the fake, receives a text,
// sends one and a picture and logs out. So the fake fits a client that it was
// not written for.
'use strict'
const { test } = require('node:test')
const assert = require('node:assert')
const { once } = require('node:events')
const { bend } = require('./bend.js')
const { start } = require('../fake.js')

const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')

// until asks again until there is an answer.
const until = async (what, ask) => {
  for (let i = 0; i < 100; i++) {
    const found = await ask()
    if (found) return found
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`waited in vain for ${what}`)
}

test('wechat4u on the fake', { timeout: 60000 }, async (t) => {
  const fake = await start(process.env.WEBWXD, '-hold', '2s')
  let ended
  t.after(() => ended || fake.stop())
  bend(fake.address)
  const Wechat = require('wechat4u')

  await fake.control('account', { uin: 2000000001, nick: '小助手' })
  await fake.control('friend', { id: 'zhang', nick: '三石', remark: '张三' })
  await fake.control('friend', { id: 'li', nick: '李四' })
  await fake.control('group', {
    id: 'g1', name: '学工', saved: true, members: [{ id: 'zhang', card: '计算机-张三' }, { id: 'li' }]
  })

  const bot = new Wechat()
  const errors = []
  const texts = []
  bot.on('error', (err) => errors.push(err))
  bot.on('message', (msg) => { if (msg.MsgType === bot.CONF.MSGTYPE_TEXT) texts.push(msg) })
  const loggedIn = once(bot, 'login')
  const shown = once(bot, 'uuid')
  const avatar = once(bot, 'user-avatar')
  bot.start()

  const [uuid] = await shown
  assert.match(uuid, /^[A-Za-z0-9]{10}==$/)
  await fake.control('phone', { do: 'scan' })
  await avatar
  await fake.control('phone', { do: 'confirm' })
  await loggedIn
  assert.equal(bot.user.NickName, '小助手')
  assert.equal((await fake.control('state')).login, 'online')

  const named = (name) => Object.values(bot.contacts).find((c) => bot.Contact.getDisplayName(c) === name)
  const group = await until('the group', () => named('[群] 学工'))
  const friend = await until('the friend', () => named('张三'))
  await until('the members', () => group.MemberList.length === 3)

  await fake.control('push', { kind: 'text', from: 'zhang', to: 'g1', text: '收到 <1>\n谢谢' })
  const got = await until('the text', () => texts.find((m) => m.FromUserName === group.UserName))
  assert.equal(got.Content, '计算机-张三:\n收到 <1>\n谢谢')

  await bot.sendMsg('请 & 回复', group.UserName)
  await bot.sendMsg({ file: png, filename: 'proof.png' }, friend.UserName)
  await bot.sendMsg({ file: Buffer.alloc(700000, 'x'), filename: 'table.xlsx' }, friend.UserName)
  const sent = (await fake.control('sent')).filter((s) => s.to !== 'filehelper')
  assert.deepEqual(sent.map((s) => [s.to, s.kind, s.file_name]),
    [['g1', 'text', ''], ['zhang', 'image', 'proof.png'], ['zhang', 'file', 'table.xlsx']])
  assert.equal(sent[0].text, '请 & 回复')
  assert.ok(Buffer.from(sent[1].bytes, 'base64').equals(png))
  assert.equal(Buffer.from(sent[2].bytes, 'base64').length, 700000)

  await fake.control('push', { kind: 'picture', from: 'li', to: 'self', data: png.toString('base64') })
  const { msg_id: picture } = await fake.control('push', { kind: 'picture', from: 'li', to: 'self', data: png.toString('base64') })
  const fetched = await bot.getMsgImg(picture)
  assert.ok(Buffer.from(fetched.data).equals(png))

  bot.stop()
  await until('the end of the session', async () => (await fake.control('state')).ended === 1100)
  assert.deepEqual(errors, [])
  ended = true
  assert.equal(await fake.stop(), 0)
})
