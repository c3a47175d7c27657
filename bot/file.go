package bot

import (
	"context"
	"io"
)

// A FileInfo is a picture or a document that goes with a message.
type FileInfo struct {
	Name string `json:"name"` // as people see it: a base name, never a path
	Type string `json:"type"` // its media type, such as image/png
	Size int64  `json:"size"` // in bytes; 0 if the network does not say
	Hash string `json:"hash"` // SHA-256 of the bytes in hex, by which they are kept; "" until they are

	// Open returns the bytes. For a message that came in it asks the network,
	// and may fail later although it worked before; nil says that only the name
	// is known. For one that goes out, Claim sets it.
	Open func(ctx context.Context) (io.ReadCloser, error) `json:"-"`
}
