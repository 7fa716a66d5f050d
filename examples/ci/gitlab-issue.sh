#!/usr/bin/env bash
# gitlab-issue.sh open FILE makes FILE the issue about drift: the one that is open, or a
# new one. gitlab-issue.sh close closes it. It needs curl, jq and GITLAB_NOTE_TOKEN.
set -euo pipefail
call() { # the token is no argument, which other processes could see
	curl --silent --show-error --fail --config - "$@" <<<"header = \"PRIVATE-TOKEN: $GITLAB_NOTE_TOKEN\""
}
issues=$CI_API_V4_URL/projects/$CI_PROJECT_ID/issues
me=$(call "$CI_API_V4_URL/user" | jq .id)
iid=$(call "$issues?state=opened&author_id=$me&per_page=100" | jq '
	[.[] | select((.description // "") | startswith("<!-- divioctl:plan ")) | .iid][0] // empty')
case ${1:?open or close} in
open)
	if [ -n "$iid" ]; then
		call --request PUT --data-urlencode "description@${2:?the plan}" --output /dev/null "$issues/$iid"
	else
		call --request POST --data-urlencode "title=Divio differs from the files" --data-urlencode "description@${2:?the plan}" --output /dev/null "$issues"
	fi
	;;
close)
	[ -z "$iid" ] || call --request PUT --data-urlencode state_event=close --output /dev/null "$issues/$iid"
	;;
esac
