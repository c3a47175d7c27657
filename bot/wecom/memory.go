package wecom

import "crypto/sha256"

// mostSaid bounds how many texts are known again when they are quoted. Their hashes are
// kept, and not they.
const mostSaid = 5000

// A hash is the hash of a chat and a text in it.
type hash = [sha256.Size]byte

// An entry says what a text was.
type entry struct {
	id   string // of the message, or of the receipt
	name string // of a person
	self bool   // the bot said it
}

// printOf is the hash of what is known of a text.
func printOf(chat, text string) hash { return sha256.Sum256([]byte(chat + "\x00" + squeezed(text))) }
