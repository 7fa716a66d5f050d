#!/usr/bin/env bash
# apply.sh PLAN applies what was reviewed: "empty", or the digest of the plan. It ends
# as divioctl does: 5 if that is not the plan any more, 6 for a brake, 7 if only a part
# was applied.
set -euo pipefail
case ${1:-} in
empty)
	echo "The reviewed plan changes nothing."
	;;
sha256:*)
	exec divioctl apply --plan-digest "$1" --auto-approve --verify --report report.json
	;;
*)
	echo "No plan was reviewed, and so none is applied." >&2
	exit 1
	;;
esac
