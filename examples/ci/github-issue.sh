#!/usr/bin/env bash
# github-issue.sh open FILE makes FILE the issue about drift: the one that is open, or a
# new one. github-issue.sh close closes it. It needs gh, GH_TOKEN and GITHUB_REPOSITORY.
set -euo pipefail
issues=repos/$GITHUB_REPOSITORY/issues
number=$(gh api --paginate "$issues?state=open&per_page=100" --jq '.[]
	| select(.user.login == "github-actions[bot]" and .pull_request == null and ((.body // "") | startswith("<!-- divioctl:plan "))) | .number' | sed -n 1p)
case ${1:?open or close} in
open)
	if [ -n "$number" ]; then
		gh api --silent -X PATCH "$issues/$number" -F body=@"${2:?the plan}"
	else
		gh api --silent -X POST "$issues" -f title="Divio differs from the files" -F body=@"${2:?the plan}"
	fi
	;;
close)
	[ -z "$number" ] || gh api --silent -X PATCH "$issues/$number" -f state=closed
	;;
esac
