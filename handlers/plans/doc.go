// Package plans answers questions about the work plan with its own words, and
// imports it.
package plans
