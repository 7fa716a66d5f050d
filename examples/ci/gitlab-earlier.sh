#!/usr/bin/env bash
# gitlab-earlier.sh FILE downloads the plan that an earlier attempt of this job in this
# pipeline has kept as an artifact, or fails. It needs curl, jq and GITLAB_NOTE_TOKEN.
set -euo pipefail
file=${1:?the plan}
call() { # the token is no argument, which other processes could see
	curl --silent --show-error --fail --config - "$@" <<<"header = \"PRIVATE-TOKEN: $GITLAB_NOTE_TOKEN\""
}
project=$CI_API_V4_URL/projects/$CI_PROJECT_ID
id=$(call "$project/pipelines/$CI_PIPELINE_ID/jobs?include_retried=true&per_page=100" | jq --arg name "$CI_JOB_NAME" --argjson this "$CI_JOB_ID" '
	[.[] | select(.name == $name and .id < $this and .artifacts_file != null)] | sort_by(.id) | last | .id // empty')
[ -n "$id" ] || exit 1
call --output "$file" "$project/jobs/$id/artifacts/$file"
[ -s "$file" ]
