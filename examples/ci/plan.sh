#!/usr/bin/env bash
# plan.sh BASE makes the plan for a review: as text for the log, and as plan.md for the
# comment. It needs no secret but the token: the digest is the same without the others.
# Flags that decide what a plan holds (--deploy, --prune) must be the same in apply.sh.
set -euo pipefail
rm -f plan.md
divioctl plan --base "${1:?the revision that the files are compared with}" --no-secrets --markdown-into plan.md
