#!/usr/bin/env bash
# github-reviewed.sh prints what was reviewed in the pull request that GITHUB_SHA
# merged: "empty", or a digest. Only the comment of the workflow itself counts. It
# fails where there was no pull request, or no plan in it.
set -euo pipefail
commit=$GITHUB_SHA
number=$(gh api "repos/$GITHUB_REPOSITORY/commits/$commit/pulls" --jq '.[]
	| select(.merged_at != null and .merge_commit_sha == "'"$commit"'") | .number' | sed -n 1p)
[ -n "$number" ] || { echo "$commit came without a pull request: nobody reviewed its plan." >&2; exit 1; }
line=$(gh api --paginate "repos/$GITHUB_REPOSITORY/issues/$number/comments?per_page=100" --jq '.[]
	| select(.user.login == "github-actions[bot]" and (.body | startswith("<!-- divioctl:plan "))) | .body | split("\n")[0]' | sed -n 1p)
plan=$(printf '%s\n' "$line" | tr -d '\r' | sed -En 's/^<!-- divioctl:plan (digest=(sha256:[0-9a-f]{64})|(empty)) -->$/\2\3/p')
[ -n "$plan" ] || { echo "Pull request $number has no plan that could be applied: ${line:-no comment}" >&2; exit 1; }
printf '%s\n' "$plan"
