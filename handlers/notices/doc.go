// Package notices sends, changes and closes notices, books the answers to them, and
// says who has not answered.
package notices
