package command

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/divioctl/divioctl/cmd/divioctl/internal/command/completion"
)

func TestCompletion(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash")
	}
	script := completion.Script("bash", Model())
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
		{"divioctl plan -f bin", "bind.go"},
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
			text := completion.Script(shell, Model())
			if out, err := exec.CommandContext(t.Context(), path, "-n", "-c", text).CombinedOutput(); err != nil {
				t.Errorf("%s does not accept its script: %v\n%s", shell, err, out)
			}
		}
	}
}
