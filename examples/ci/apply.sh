#!/usr/bin/env bash
# apply.sh PLAN applies what was reviewed: "empty", or the digest of the plan. It exits
# as divioctl does: 5 if that is not the plan any more, 6 for a limit or a missing
# permission, 7 if only a part was applied, or a person has to register a key.
#
# To deploy as well, pass --deploy to divioctl here and in plan.sh: it is part of the
# digest. A deployment that fails is exit code 8. After 7 and 8 the plan is another one:
# what is left. Review it, and start the pipeline by hand with its digest.
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
