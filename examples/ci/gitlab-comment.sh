#!/usr/bin/env bash
# gitlab-comment.sh IID FILE makes FILE the note on a merge request: the one that is
# there, by its author and first line, or a new one. It needs curl, jq and
# GITLAB_NOTE_TOKEN.
set -euo pipefail
iid=${1:?the number of the merge request} file=${2:?the note}
[ -s "$file" ] || { echo "There is no $file: the log says why." >&2; exit 0; }
call() { # the token is no argument, which other processes could see
	curl --silent --show-error --fail --config - "$@" <<<"header = \"PRIVATE-TOKEN: $GITLAB_NOTE_TOKEN\""
}
me=$(call "$CI_API_V4_URL/user" | jq .id)
notes=$CI_API_V4_URL/projects/$CI_PROJECT_ID/merge_requests/$iid/notes
id=$(call "$notes?per_page=100&order_by=created_at&sort=asc" | jq --argjson me "$me" '
	[.[] | select(.author.id == $me and (.body | startswith("<!-- divioctl:plan "))) | .id][0] // empty')
if [ -n "$id" ]; then
	call --request PUT --data-urlencode "body@$file" --output /dev/null "$notes/$id"
else
	call --request POST --data-urlencode "body@$file" --output /dev/null "$notes"
fi
