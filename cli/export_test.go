package cli

// Chinese writes a text in Chinese.
func Chinese(text string) string { return chinese(text) }
