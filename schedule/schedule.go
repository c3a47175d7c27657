// Package schedule posts notices that come again and again.
//
// A [Job] says what is posted and when; package when reads the latter. The
// [Scheduler] looks for firings that are due, decides about those that were
// missed, and posts the others, each in the transaction that records it as a
// [Firing]. A restart cannot fire it twice.
package schedule
