#!/bin/sh
# The main job of divioctl as a story, on the built-in sandbox: no account, no
# network. "make demo" builds the program and runs this.
set -eu

divioctl=${1:?usage: examples/demo.sh PATH-OF-DIVIOCTL}
case $divioctl in /*) ;; *) divioctl=$PWD/$divioctl ;; esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

heading() { printf '\n\033[1m── %s\033[0m\n\n' "$1"; }
[ -t 1 ] && [ -z "${NO_COLOR:-}" ] || heading() { printf '\n── %s\n\n' "$1"; }
run() {
	printf '$ divioctl %s\n' "$*"
	"$divioctl" "$@"
}

heading "1. A file says what should be"
cat >divio.yaml <<'YAML'
version: 1
applications:
  news:
    name: Acme News
    region: eu-ch
    plan_group: standard
    environments:
      live:
        branch: main
        variables:
          DEBUG: "False"
          WORKERS: 4
        cronjobs:
          - { command: python manage.py clearsessions, frequency: daily, time: "02:30" }
        domains:
          news.acme.example: { primary: true }
YAML
printf '$ cat divio.yaml\n'
cat divio.yaml

heading "2. Is it sound? This needs no connection"
run validate

heading "3. What would change? Plan reads, and writes nothing"
run plan --sandbox

heading "4. Make it so"
run apply --sandbox --auto-approve

heading "5. The same plan again: the API is the state, and there is nothing left to do"
run plan --sandbox --detailed-exitcode

heading "6. One edit: eight workers instead of four"
sed 's/WORKERS: 4/WORKERS: 8/' divio.yaml >edited.yaml && mv edited.yaml divio.yaml
printf "\$ sed -i 's/WORKERS: 4/WORKERS: 8/' divio.yaml\n\n"
run plan --sandbox

heading "That is all. Where to go on: README.md, examples/, divioctl --help"
