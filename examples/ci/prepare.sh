#!/usr/bin/env bash
# prepare.sh FORGE saves what apply.sh applies, as plan.divio: the plan of the files that
# were merged. It must be the reviewed one, by its digest: DIVIO_PLAN_DIGEST if somebody
# started the pipeline with one, else what FORGE-reviewed.sh finds. Exit code 5: it is
# another one.
#
# In a job that is run again the plan of the first attempt is used (FORGE-earlier.sh): a
# part of it may be applied, so that a new one would not be the reviewed one. No plan is
# taken from a pull request, whose author could have written any: only its digest counts.
#
# An empty plan leaves no plan.divio.
set -euo pipefail
forge=${1:?github or gitlab} here=$(dirname "$0")
rm -f plan.divio
if bash "$here/$forge-earlier.sh" plan.divio; then
	echo "This continues the plan of an earlier attempt."
	exit 0
fi
reviewed=${DIVIO_PLAN_DIGEST:-$(bash "$here/$forge-reviewed.sh")}
if [ "$reviewed" = empty ]; then
	echo "The reviewed plan changes nothing."
	exit 0
fi
read -ra flags <<<"${DIVIO_PLAN_FLAGS:-}"
divioctl plan --no-secrets --out plan.divio "${flags[@]}"
digest=$(jq --raw-output .digest plan.divio)
if [ "$digest" != "$reviewed" ]; then
	rm -f plan.divio
	echo "This is not the reviewed plan any more: $reviewed was reviewed, and this is $digest." >&2
	echo "Review it, and start the pipeline by hand with its digest." >&2
	exit 5
fi
