package completion

import (
	"fmt"
	"strings"
)

// bashCompletion writes a function for bash. It finds the command by walking the
// words before the cursor, then offers what can follow it: the values of the
// flag just before, else flags after a dash, else subcommands, else files.
func bashCompletion(all []completion) string {
	var b strings.Builder
	b.WriteString(`# bash completion for divioctl
_divioctl() {
    local cur=${COMP_WORDS[COMP_CWORD]} path=divioctl word i
    local prev=${COMP_WORDS[COMP_CWORD-1]}
    # bash splits --flag=value at "=".
    if [[ $cur == "=" ]]; then cur=; elif [[ $prev == "=" ]]; then prev=${COMP_WORDS[COMP_CWORD-2]}; fi
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        case "$path $word" in
`)
	for _, c := range all[1:] {
		fmt.Fprintf(&b, "            %q) path=%q ;;\n", c.path, c.path)
	}
	b.WriteString(`        esac
    done
    local values= words= flags= files=
    case $path in
`)
	for _, c := range all {
		fmt.Fprintf(&b, "        %q)\n", c.path)
		fmt.Fprintf(&b, "            words=%q\n", strings.Join(c.words(), " "))
		var flags []string
		fmt.Fprintf(&b, "            case $prev in\n")
		for _, flag := range c.flags {
			flags = append(flags, flagWords(flag)...)
			names := strings.Join(flagWords(flag), "|")
			switch {
			case flag.Enum != "":
				fmt.Fprintf(&b, "                %s) values=%q ;;\n", names, strings.Join(flag.EnumSlice(), " "))
			case takesFile(flag) && !flag.IsBool():
				fmt.Fprintf(&b, "                %s) files=yes ;;\n", names)
			case !flag.IsBool():
				// No completion for this value.
				fmt.Fprintf(&b, "                %s) return ;;\n", names)
			}
		}
		fmt.Fprintf(&b, "            esac\n")
		fmt.Fprintf(&b, "            flags=%q ;;\n", strings.Join(flags, " "))
	}
	b.WriteString(`    esac
    if [[ -n $values ]]; then COMPREPLY=($(compgen -W "$values" -- "$cur"))
    elif [[ -n $files ]]; then compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$cur"))
    elif [[ $cur == -* ]]; then COMPREPLY=($(compgen -W "$flags" -- "$cur"))
    elif [[ -n $words ]]; then COMPREPLY=($(compgen -W "$words" -- "$cur"))
    else compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$cur")); fi
}
complete -F _divioctl divioctl
`)
	return b.String()
}
