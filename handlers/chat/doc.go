// Package chat is one request on its way: who said it, what they may do, what the
// chat waits for from them, which notice they answer, and where the answer goes.
//
// A [Request] is decided on one snapshot, with Tx nil, and then acted on in one
// transaction. A capability is a function on a Request; its package exports the
// [Command] values that lead to it.
package chat
