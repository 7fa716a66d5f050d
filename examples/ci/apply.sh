#!/usr/bin/env bash
# apply.sh applies plan.divio, which prepare.sh has left, and writes report.json. It exits
# as divioctl does:
#
#	5  something that the plan touches was changed since: review a new plan
#	6  a limit or a missing permission stops it. A deletion of what cannot be restored is
#	   permitted by a line under "removed" in the files, which the plan prints
#	7  applied in part: run the job again, and it does the rest
#	8  a deployment failed: run the job again, and it deploys again
#
# DIVIO_APPLY_FLAGS are further flags. value_from: {exec: ...} needs --allow-exec: then
# whoever can merge can run any program in this job.
set -euo pipefail
if [ ! -e plan.divio ]; then
	echo "There is nothing to apply."
	exit 0
fi
read -ra flags <<<"${DIVIO_APPLY_FLAGS:-}"
exec divioctl apply plan.divio --auto-approve --verify --report report.json "${flags[@]}"
