# SPDX-License-Identifier: Apache-2.0
LINT_TESTS += %D%/layers.sh %D%/format.sh %D%/shell.sh
EXTRA_DIST += %D%/layers.txt
