#!/usr/bin/env bash
# drift.sh FORGE compares the files with what exists, and keeps one issue about the
# difference (FORGE-issue.sh): somebody changed something elsewhere, or an apply did not
# succeed. It fails only if it cannot tell.
set -euo pipefail
forge=${1:?github or gitlab} here=$(dirname "$0")
read -ra flags <<<"${DIVIO_PLAN_FLAGS:-}"
rm -f plan.md
code=0
divioctl plan --no-secrets --detailed-exitcode --markdown-into plan.md "${flags[@]}" || code=$?
case $code in
0) exec bash "$here/$forge-issue.sh" close ;;
2 | 6) exec bash "$here/$forge-issue.sh" open plan.md ;;
esac
exit "$code"
