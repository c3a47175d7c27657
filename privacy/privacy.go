// Package privacy knows what is stored of a person: it exports that, erases what
// they wrote, and removes what has become old.
package privacy
