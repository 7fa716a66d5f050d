#!/usr/bin/env bash
# github-earlier.sh FILE downloads the plan that an earlier attempt of this run has kept
# as an artifact, or fails. Only this run could have made it, from the branch that is
# applied. (actions/download-artifact sees only the attempt that it runs in.)
set -euo pipefail
file=${1:?the plan}
[ "${GITHUB_RUN_ATTEMPT:?}" -gt 1 ] || exit 1
gh run download "$GITHUB_RUN_ID" --repo "$GITHUB_REPOSITORY" --name divio-plan --dir "$(dirname "$file")"
[ -s "$file" ]
