#!/usr/bin/env bash
# gitlab-reviewed.sh prints what was reviewed in the merge request that CI_COMMIT_SHA
# merged: "empty", or a digest. Only the note of the pipeline itself counts. It fails
# where there was no merge request, or no plan in it.
set -euo pipefail
commit=$CI_COMMIT_SHA
call() { # the token is no argument, which other processes could see
	curl --silent --show-error --fail --config - "$@" <<<"header = \"PRIVATE-TOKEN: $GITLAB_NOTE_TOKEN\""
}
project=$CI_API_V4_URL/projects/$CI_PROJECT_ID
me=$(call "$CI_API_V4_URL/user" | jq .id)
iid=$(call "$project/repository/commits/$commit/merge_requests" | jq --arg commit "$commit" '
	[.[] | select(.state == "merged" and ($commit == .merge_commit_sha or $commit == .squash_commit_sha or $commit == .sha)) | .iid][0] // empty')
[ -n "$iid" ] || { echo "$commit came without a merge request: nobody reviewed its plan." >&2; exit 1; }
line=$(call "$project/merge_requests/$iid/notes?per_page=100&order_by=created_at&sort=asc" | jq --raw-output --argjson me "$me" '
	[.[] | select(.author.id == $me and (.body | startswith("<!-- divioctl:plan "))) | .body | split("\n")[0]][0] // empty')
plan=$(printf '%s\n' "$line" | tr -d '\r' | sed -En 's/^<!-- divioctl:plan (digest=(sha256:[0-9a-f]{64})|(empty)) -->$/\2\3/p')
[ -n "$plan" ] || { echo "Merge request $iid has no plan that could be applied: ${line:-no note}" >&2; exit 1; }
printf '%s\n' "$plan"
