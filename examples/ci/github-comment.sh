#!/usr/bin/env bash
# github-comment.sh NUMBER FILE makes FILE the comment on a pull request: the one that
# is there, by its first line, or a new one. It needs gh, GH_TOKEN and GITHUB_REPOSITORY.
set -euo pipefail
number=${1:?the number of the pull request} file=${2:?the comment}
[ -s "$file" ] || { echo "There is no $file: the log says why." >&2; exit 0; }
comments=repos/$GITHUB_REPOSITORY/issues
id=$(gh api --paginate "$comments/$number/comments?per_page=100" --jq '.[]
	| select(.user.login == "github-actions[bot]" and (.body | startswith("<!-- divioctl:plan "))) | .id' | sed -n 1p)
if [ -n "$id" ]; then
	gh api --silent -X PATCH "$comments/comments/$id" -F body=@"$file"
else
	gh api --silent -X POST "$comments/$number/comments" -F body=@"$file"
fi
