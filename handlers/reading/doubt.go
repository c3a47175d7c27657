package reading

// unsure makes the question what was meant. Each choice is a reading that stores
// something; unused is the parts of the text that none of them uses.
func unsure(why string, unused []string, choices ...Reading) Reading {
	return Reading{Kind: Ask, Why: why, Unused: unused, Choices: choices}
}
