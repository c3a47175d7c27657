// Package progress books what people report on measures, corrects and retracts it,
// and passes on what it cannot book.
package progress
