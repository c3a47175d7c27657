// Package people binds senders, groups and leave to people of the roster, and tells
// the admins how the accounts stand.
package people
