package plan

// Read reads a document by its name and content.
func Read(name string, data []byte) (*Plan, error) {
	return Parse(string(data)), nil
}
