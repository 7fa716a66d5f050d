#!/usr/bin/env bash
# plan.sh [BASE] makes the plan for a review: as text for the log, and as plan.md for the
# comment. BASE is the revision that the files are compared with: what they did not change
# is marked as drift. It needs no secret but the token: the digest is the same without the
# others, and programs of value_from are not run.
#
# DIVIO_PLAN_FLAGS are the flags that decide what a plan holds (--deploy, --prune). They
# are the same wherever a plan is made.
set -euo pipefail
read -ra flags <<<"${DIVIO_PLAN_FLAGS:-}"
[ $# -eq 0 ] || flags+=(--base "$1")
rm -f plan.md
exec divioctl plan --no-secrets --markdown-into plan.md "${flags[@]}"
