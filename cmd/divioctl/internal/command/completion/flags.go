package completion

import (
	"github.com/alecthomas/kong"
	"slices"
)

// flagWords are the flags as they are typed.
func flagWords(flag *kong.Flag) []string {
	words := []string{"--" + flag.Name}
	if flag.Short != 0 {
		words = append(words, "-"+string(flag.Short))
	}
	return words
}

// takesFile reports whether a flag's value is the name of a file.
func takesFile(flag *kong.Flag) bool {
	return slices.Contains([]string{"FILE", "PATH", "DIR"}, flag.PlaceHolder)
}
