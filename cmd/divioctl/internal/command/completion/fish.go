package completion

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// fishCompletion writes one line per word that can follow a command.
func fishCompletion(all []completion) string {
	var b strings.Builder
	b.WriteString("# fish completion for divioctl\ncomplete -c divioctl -f\n")
	for _, c := range all {
		when := fishCondition(&c)
		for _, value := range c.values {
			fmt.Fprintf(&b, "complete -c divioctl -n %s -a %s\n", when, fishQuote(value))
		}
		for _, child := range c.commands {
			fmt.Fprintf(&b, "complete -c divioctl -n %s -a %s -d %s\n", when, fishQuote(child.Name), fishQuote(child.Help))
		}
		if len(c.commands) > 0 {
			// Flags are offered where a command is complete; the root's are among them.
			continue
		}
		for _, flag := range c.flags {
			fmt.Fprintf(&b, "complete -c divioctl -n %s%s -d %s\n", when, fishFlag(flag), fishQuote(flag.Help))
		}
	}
	return b.String()
}

// fishCondition is true if the words so far name exactly this command.
func fishCondition(c *completion) string {
	names := strings.Fields(c.path)[1:]
	if len(names) == 0 {
		return "__fish_use_subcommand"
	}
	var conditions []string
	for _, name := range names {
		conditions = append(conditions, "__fish_seen_subcommand_from "+name)
	}
	if len(c.commands) > 0 {
		var further []string
		for _, child := range c.commands {
			further = append(further, child.Name)
		}
		conditions = append(conditions, "not __fish_seen_subcommand_from "+strings.Join(further, " "))
	}
	return fishQuote(strings.Join(conditions, "; and "))
}

func fishFlag(flag *kong.Flag) string {
	text := " -l " + flag.Name
	if flag.Short != 0 {
		text += " -s " + string(flag.Short)
	}
	switch {
	case flag.Enum != "":
		text += " -x -a " + fishQuote(strings.Join(flag.EnumSlice(), " "))
	case flag.IsBool():
	case takesFile(flag):
		text += " -r -F"
	default:
		text += " -x"
	}
	return text
}

// fishQuote puts text in single quotes, in which fish knows two escapes.
func fishQuote(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
}
