package plan

import (
	"crypto/sha256"
	"encoding/hex"
)

// assignIDs gives every node that has none an id made of its path and title.
// Whoever imports a plan anew calls [Merge], which carries old ids over.
func (p *Plan) assignIDs() {
	for _, n := range p.Nodes {
		if n.ID == "" {
			sum := sha256.Sum256([]byte(n.Path + "\x00" + n.Title))
			n.ID = hex.EncodeToString(sum[:6])
		}
	}
}
