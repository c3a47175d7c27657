package handlers

import reporting "duban/report"

// A look is what was made or fetched for a message before its transaction.
type look struct {
	report  reporting.Document // what was gathered for the answer
	group   *looked            // what the network says of a group that an order is about
	brought *brought           // a file; nil is nothing
}
