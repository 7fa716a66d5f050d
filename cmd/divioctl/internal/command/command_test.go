package command

import (
	"io"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/cli"
)

// TestHelp: every command has an example, every flag a sentence, and nothing is
// said in another voice.
func TestHelp(t *testing.T) {
	console := cli.NewConsole(cli.Streams{Env: func(string) (string, bool) { return "", false }}, &cli.Globals{})
	this := run{flags: &cli.Globals{}, console: console, log: &cli.Log{}, signals: &cli.Signals{}}
	err := kong.Visit(Model(), func(visited kong.Visitable, next kong.Next) error {
		switch v := visited.(type) {
		case *kong.Application:
			if !strings.Contains(v.Detail, "Exit codes:\n") {
				t.Error("the root help lacks the exit codes")
			}
		case *kong.Node:
			if !strings.Contains(v.Detail, "Example:\n\n    ") {
				t.Errorf("%s: the help lacks an example", v.FullPath())
			}
			if v.Leaf() && this.bind(v.Target.Addr().Interface()) == nil {
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
			line := new(grammar)
			if _, helped, err := line.parse(args, io.Discard); err != nil || helped {
				t.Errorf("%s: the example %q is wrong: %v", node.FullPath(), text, err)
			}
		}
		for _, child := range node.Children {
			check(child)
		}
	}
	check(Model())
}
