package main

import (
	"io"
	"os/exec"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

func model(t *testing.T) *kong.Node {
	t.Helper()
	parser, err := new(cli).parser(io.Discard, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	return parser.Model.Node
}

// TestHelp: every command has an example, every flag a sentence, and nothing is
// said in another voice.
func TestHelp(t *testing.T) {
	err := kong.Visit(model(t), func(visited kong.Visitable, next kong.Next) error {
		switch v := visited.(type) {
		case *kong.Application:
			if !strings.Contains(v.Detail, "Exit codes:\n") {
				t.Error("the root help lacks the exit codes")
			}
		case *kong.Node:
			if !strings.Contains(v.Detail, "Example:\n\n    ") {
				t.Errorf("%s: the help lacks an example", v.FullPath())
			}
			if _, ok := v.Target.Addr().Interface().(command); !ok && v.Leaf() {
				t.Errorf("%s: not a command", v.FullPath())
			}
		case *kong.Flag:
			if !strings.HasSuffix(v.Help, ".") {
				t.Errorf("--%s: the help is no sentence: %q", v.Name, v.Help)
			}
			if v.PlaceHolder == "" && !v.IsBool() {
				t.Errorf("--%s: the help does not say what the value is", v.Name)
			}
		}
		return next(nil)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestExamplesParse: what the help shows is accepted by the parser.
func TestExamplesParse(t *testing.T) {
	var check func(node *kong.Node)
	check = func(node *kong.Node) {
		_, examples, _ := strings.Cut(node.Detail, "Example:\n")
		for line := range strings.Lines(examples) {
			_, text, ok := strings.Cut(strings.TrimSpace(line), "divioctl ")
			if !ok || !strings.HasPrefix(line, "    ") {
				continue
			}
			text, _, _ = strings.Cut(text, " >")
			args := strings.Fields(strings.TrimSuffix(text, ")"))
			root := new(cli)
			if _, helped, err := root.parse(args, streams{out: io.Discard}); err != nil || helped {
				t.Errorf("%s: the example %q is wrong: %v", node.FullPath(), text, err)
			}
		}
		for _, child := range node.Children {
			check(child)
		}
	}
	check(model(t))
}

func TestCompletion(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash")
	}
	script := bashCompletion(completions(model(t)))
	for _, c := range []struct{ line, want string }{
		{"divioctl pl", "plan"},
		{"divioctl sandbox ", "serve seed dump reset"},
		{"divioctl sandbox s", "serve seed"},
		{"divioctl plan --det", "--detailed-exitcode"},
		{"divioctl apply --au", "--auto-approve"},
		{"divioctl plan --format ", "text json markdown"},
		{"divioctl plan --format = j", "json"}, // as bash splits --format=j
		{"divioctl --format json pl", "plan"},
		{"divioctl completion z", "zsh"},
		{"divioctl plan --rate ", ""},
		{"divioctl plan --prune var", "variables"},
		{"divioctl plan -f cli.g", "cli.go"},
		{"divioctl validate --nothing", ""},
	} {
		words := strings.Split(c.line, " ")
		quoted := `"` + strings.Join(words, `" "`) + `"`
		cmd := exec.CommandContext(t.Context(), bash, "--norc", "-c", script+`
COMP_WORDS=(`+quoted+`) COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_divioctl
echo "${COMPREPLY[*]}"`)
		out, err := cmd.CombinedOutput()
		if got := strings.TrimSpace(string(out)); err != nil || got != c.want {
			t.Errorf("%s: completed to %q, want %q (%v)", c.line, got, c.want, err)
		}
	}
	for _, shell := range []string{"zsh", "fish"} {
		if path, err := exec.LookPath(shell); err == nil {
			text := fishCompletion(completions(model(t)))
			if shell == "zsh" {
				text = script
			}
			if out, err := exec.CommandContext(t.Context(), path, "-n", "-c", text).CombinedOutput(); err != nil {
				t.Errorf("%s does not accept its script: %v\n%s", shell, err, out)
			}
		}
	}
}
