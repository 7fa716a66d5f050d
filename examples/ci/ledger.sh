#!/usr/bin/env bash
# ledger.sh load|save BRANCH takes the ledger from the tip of the branch, or commits it
# there if it has changed since: the commit that is applied may be older than the last
# ledger. load comes before a plan, since that names what the ledger knows. Without
# DIVIO_LEDGER (the path that settings.ledger names, from the root of the repository) it
# does nothing.
#
# With GIT_TOKEN it uses the repository at LEDGER_REMOTE, else the remote that the job has
# checked out, which it can read at most. One apply runs after another, so nobody else
# writes the file.
set -euo pipefail
what=${1:?load or save} branch=${2:?the branch that is applied} file=${DIVIO_LEDGER:-} remote=origin
[ -n "$file" ] || exit 0
if [ -n "${GIT_TOKEN:-}" ]; then # no argument, which other processes could see
	remote=$LEDGER_REMOTE
	export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="http.$remote.extraHeader"
	GIT_CONFIG_VALUE_0="Authorization: Basic $(printf 'x-access-token:%s' "$GIT_TOKEN" | base64 | tr -d '\n')"
	export GIT_CONFIG_VALUE_0
fi
export GIT_AUTHOR_NAME=divioctl GIT_AUTHOR_EMAIL=divioctl@localhost GIT_COMMITTER_NAME=divioctl GIT_COMMITTER_EMAIL=divioctl@localhost
loaded=$(git rev-parse --git-dir)/divio-ledger # what load has left
tip() { git fetch --quiet --depth=1 "$remote" "refs/heads/$branch" && git rev-parse FETCH_HEAD; }

case $what in
load)
	commit=$(tip)
	if git cat-file -e "$commit:$file" 2>/dev/null; then
		git cat-file blob "$commit:$file" >"$file"
		git rev-parse "$commit:$file" >"$loaded"
	else
		rm -f "$file"
		echo none >"$loaded"
	fi
	;;
save)
	[ -e "$file" ] && [ -e "$loaded" ] || exit 0
	blob=$(git hash-object -w -- "$file")
	[ "$blob" != "$(cat "$loaded")" ] || exit 0
	for _ in 1 2 3; do # somebody else may push meanwhile
		commit=$(tip)
		if [ "$(git rev-parse --quiet --verify "$commit:$file" || true)" = "$blob" ]; then
			exit 0
		fi
		index=$(mktemp -d)/index
		GIT_INDEX_FILE=$index git read-tree "$commit"
		GIT_INDEX_FILE=$index git update-index --add --cacheinfo "100644,$blob,$file"
		tree=$(GIT_INDEX_FILE=$index git write-tree)
		new=$(git commit-tree "$tree" -p "$commit" -m "divio: update the ledger [skip ci]")
		if git push --quiet "$remote" "$new:refs/heads/$branch"; then
			echo "Committed the ledger."
			exit 0
		fi
	done
	echo "The ledger could not be pushed to $branch. The next apply writes these values again." >&2
	exit 1
	;;
*)
	echo "ledger.sh: $what: want load or save" >&2
	exit 2
	;;
esac
