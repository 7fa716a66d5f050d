package command

import (
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// What other tools call it. A command line that is wrong is read once more with the
// names that people know from Terraform, kubectl and others:
//
//   - A name that can mean one thing only works: it is translated. A valid
//     command line is never translated, nor is the value of a flag.
//   - A name that means something else here, or nothing, is an error whose hint says what
//     it is called here.

// spellings are other names of flags.
var spellings = map[string]string{
	"--no-color":  "--color=never",
	"--no-colour": "--color=never",
	"--json":      "--format=json",
	"--yes":       "--auto-approve",
	"-y":          "--auto-approve",
}

// translated replaces other names in a wrong command line. ok is false if there are
// none.
func translated(args []string, model *kong.Node) (out []string, ok bool) {
	if len(args) == 1 && (args[0] == "-v" || args[0] == "-version") {
		return []string{"--version"}, true
	}
	long, takesValue := map[string]bool{}, map[string]bool{}
	eachFlag(model, func(flag *kong.Flag) {
		long["--"+flag.Name] = true
		for _, name := range []string{"--" + flag.Name, "-" + flag.Name, "-" + string(flag.Short)} {
			takesValue[name] = takesValue[name] || !flag.IsBool()
		}
	})
	for i, arg := range args {
		if arg == "--" {
			return append(out, args[i:]...), ok
		}
		isValue := i > 0 && takesValue[args[i-1]]
		name, value, joined := strings.Cut(arg, "=")
		spelt := "-" + name // Terraform writes -out=FILE
		if !strings.HasPrefix(name, "-") || strings.HasPrefix(name, "--") || len(name) == len("-y") {
			spelt = name
		}
		switch other := spellings[spelt]; {
		case isValue:
			out = append(out, arg)
		case other != "" && !joined:
			out, ok = append(out, other), true
		case spelt != name && long[spelt] && joined:
			out, ok = append(out, spelt+"="+value), true
		case spelt != name && long[spelt]:
			out, ok = append(out, spelt), true
		default:
			out = append(out, arg)
		}
	}
	return out, ok
}

// eachFlag calls do for the flags of all commands.
func eachFlag(node *kong.Node, do func(*kong.Flag)) {
	for _, flag := range node.Flags {
		do(flag)
	}
	for _, child := range node.Children {
		eachFlag(child, do)
	}
}

// hints say what a name of another tool is called here: commands by their name, flags
// with one dash. "COMMAND -FLAG" is a flag of one command.
var hints = map[string]string{
	"destroy":      "There is no such command: list the addresses under removed, or take the resources out of the files and prune their collection.",
	"delete":       "There is no such command: list the address under removed, or take the resource out of the files and prune its collection.",
	"state":        "divioctl keeps no state file: the API is the state. divioctl export prints what exists.",
	"import":       "divioctl export writes the files for what exists; nothing has to be imported.",
	"init":         "Nothing has to be initialised: write divio.yaml, and run divioctl plan.",
	"refresh":      "divioctl plan always reads the current state.",
	"diff":         "It is called divioctl plan here.",
	"preview":      "It is called divioctl plan here.",
	"sync":         "It is called divioctl apply here.",
	"deploy":       "Pass --deploy to apply: it deploys what is changed, and what already waits.",
	"fmt":          "There is no such command. divioctl validate checks the files.",
	"login":        "There is no such command: put the token into DIVIO_API_TOKEN, into a file (--token-file), or into ~/.netrc.",
	"logs":         "There is no such command. apply --deploy prints the end of the log of a deployment that fails.",
	"up":           "It is called divioctl apply here.",
	"-target":      "Select resources with --only, and add what they depend on with --with-dependencies.",
	"-v":           "For more messages, pass --log-level debug. The version is printed by divioctl version.",
	"-verbose":     "For more messages, pass --log-level debug.",
	"-dry-run":     "divioctl plan shows what apply would do.",
	"-o":           "The output format is given with --format; plan saves a plan with --out.",
	"-output":      "The output format is given with --format; plan saves a plan with --out.",
	"-refresh":     "The current state is always read.",
	"-var":         "The files take values from elsewhere with value_from; see docs/files.md.",
	"-var-file":    "The files take values from elsewhere with value_from; see docs/files.md.",
	"plan -y":      "plan asks nothing. apply does; there it is --auto-approve.",
	"plan -yes":    "plan asks nothing. apply does; there it is --auto-approve.",
	"apply -force": "apply asks for approval; with --auto-approve it does not.",
	"apply -out":   "plan saves a plan: divioctl plan --out FILE, then divioctl apply FILE.",
}

// calledElsewhere is the hint for an error of kong that is about a name of another tool,
// and the error with that name; hint is "" if it is about something else.
func calledElsewhere(message string, args []string, node *kong.Node) (_, hint string) {
	message = withoutSuggestion(message)
	kongs := message[strings.LastIndex(message, " ")+1:]
	word := complaint(message, args)
	if word == "" && len(kongs) == len("-t") { // kong calls the flag of -target=X "-t"
		if i := slices.IndexFunc(args, func(arg string) bool { return strings.HasPrefix(arg, kongs) }); i >= 0 {
			word, _, _ = strings.Cut(args[i], "=")
		}
	}
	name := word
	if strings.HasPrefix(word, "--") {
		name = word[1:]
	}
	hint = hints[name]
	if node.Type == kong.CommandNode && hints[node.Name+" "+name] != "" {
		hint = hints[node.Name+" "+name]
	}
	return strings.TrimSuffix(message, kongs) + word, hint
}
