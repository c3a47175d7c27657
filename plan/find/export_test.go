package find

// Ranks returns the n best units for the words of a query, as a search finds
// them that skips what cannot matter, and as one finds them that skips nothing.
func (x *Index) Ranks(query string, n int) (fast, all []int32) {
	req := x.request(query)
	for _, s := range x.search(req, n) {
		fast = append(fast, s.unit)
	}
	for _, s := range x.searchAll(req) {
		all = append(all, s.unit)
	}
	return fast, all[:min(n, len(all))]
}
