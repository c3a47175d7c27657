package reading

// Sociable reports whether a text greets, thanks, congratulates or exclaims, so
// that it needs no answer from a machine.
func (r *Reading) Sociable() bool {
	return rolesOf(r.tokens)&(thanks|greet|laugh|said) != 0
}
