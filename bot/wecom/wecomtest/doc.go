// Package wecomtest is a fake of WeCom for tests: an AI bot's long connection, the
// robots of groups, and the calls of an app. It keeps the truth, what people said
// and what they are shown, so that a test can compare it with what duban believes;
// and it fails when it is told to.
//
// It brings a message once and has no acknowledgement for it, as the network: what
// is said while no connection is there is lost. Of a group it brings what mentions
// the bot. What could not be checked with a real bot, such as the code of a wrong
// secret, is a field of [Options].
package wecomtest
