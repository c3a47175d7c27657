package outline

// A place is an open node: one that later lines may stand below.
type place struct {
	up      *place
	line    int // -1 for the document itself
	style   string
	num     string
	rank    float64
	series  *series // of the nodes below it
	text    bool    // lines of text stand below its first line
	inline  bool    // its first line says more than a heading
	hash    uint64
	heading opening // what it opens, if it is a heading
}

// A series is the last number of a style; one of a list, which never changes.
type series struct {
	style   string
	last    int
	texts   bool    // one of them has text below its first line
	heading opening // what headings of it open
	next    *series
}

func (s *series) of(style string) *series {
	for ; s != nil; s = s.next {
		if s.style == style {
			return s
		}
	}
	return nil
}

// with is the list with one series set.
func (s *series) with(set series) *series {
	set.next = s.without(set.style)
	return &set
}

func (s *series) without(style string) *series {
	if s == nil || s.style == style && s.next == nil {
		return nil
	}
	if s.style == style {
		return s.next
	}
	c := *s
	c.next = s.next.without(style)
	return &c
}

func (p *place) hashed() *place {
	h := uint64(7)
	if p.up != nil {
		h = p.up.hash
	}
	h = mix(h, uint64(p.line+2))
	for s := p.series; s != nil; s = s.next {
		h = mix(h, uint64(s.last))
		for _, c := range s.style {
			h = mix(h, uint64(c))
		}
	}
	if p.text {
		h++
	}
	p.hash = h
	return p
}
