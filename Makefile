# SPDX-License-Identifier: GPL-2.0
# The front door. "make help" says what there is.

MAKEFLAGS += --no-print-directory --no-builtin-rules
.DEFAULT_GOAL := help

# Each step uses all processors. One step at a time keeps the report readable.
.NOTPARALLEL:

# Variables of the command line are taken literally, each $ in them included. The makes that
# run below this one get them only from the environment.
MAKEOVERRIDES :=
$(foreach v,$(.VARIABLES),$(if $(filter command,$(firstword $(origin $v))),\
	$(eval override export $v := $$(value $v))))

.PHONY: help
help: ## print this list
	@echo 'Patches that let perf choose a CoreSight sink by name, and virtual boards that prove them'
	@echo
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | \
		while IFS='|' read -r name text; do printf '  make %-14s %s\n' "$$name" "$$text"; done
	@echo
	@echo '  make guest BOARD=juno CMD="perf list cs_etm"'
	@. mk/lib.sh; \
	 echo "     BOARD=    $$(names board) (juno); virt: QEMU as it comes, no CoreSight"; \
	 echo "     SERIES=   how far up the series the kernel and perf go: $$(names series) (all)"; \
	 echo "     CONFIG=   the kernel's configuration: $$(names config)"; \
	 echo "     ROOT=     what the guest runs from: $$(names root)"
	@echo '     CMD=      what to run, as root, by sh'
	@echo '     EXTRA=    a directory to put at /extra       OUT=     a directory to fetch /out to'
	@echo '     TIMEOUT=  seconds until it is stopped (300)  SPLAT=ok kernel warnings do not fail it'
	@echo '     APPEND=   more for the kernel command line   QEMU_ARGS= more for QEMU'
	@echo '     CONSOLE=  a file to keep the console log in'
	@echo
	@echo '  make check TESTS="runner drv-config" runs these tests, of tests/*/*.t; logs are in build/log.'

# Set-up: quick when there is nothing to do, so that everything may depend on it.
.PHONY: setup tree refresh
setup: ## install the Debian packages that are missing, check the disk and the kernel source
	@mk/setup

tree: setup ## make build/linux: Linux with the series of patches/ as commits on it
	@mk/tree

refresh: ## write the commits of build/linux back to patches/, see docs/series.md
	@mk/refresh

# The targets of qemu/qemu.mk need the packages first.
.PHONY: qemu dtbs
qemu dtbs: setup
-include qemu/qemu.mk

.PHONY: kernel perf root
kernel: tree ## build the kernel of SERIES= with CONFIG=
	@mk/tree "$$SERIES"
	@mk/kernel "$$SERIES" "$$CONFIG"

perf: tree ## build the perf of SERIES=
	@mk/tree "$$SERIES"
	@mk/perf "$$SERIES"

root: tree ## build what a guest runs from, ROOT=
	@mk/perf
	@mk/perf none
	@mk/guest
	@mk/root "$$ROOT"

# What a guest on $(BOARD) needs; plain QEMU comes from Debian.
.PHONY: board
ifeq ($(BOARD),virt)
board: setup
else
board: setup qemu dtbs
endif

# For guest/run -m, which sets all of these variables
.PHONY: guest-needs
guest-needs: board root
	@mk/tree "$$SERIES"
	@mk/kernel "$$SERIES" "$$CONFIG"
	@mk/tree "$$PERF"
	@mk/perf "$$PERF"

# The sources that everything is built from, and the boards' device trees
.PHONY: sources
sources: setup
	@mk/beside mk/tree qemu/build
	@$(MAKE) dtbs

root_of_all := mk/perf && mk/perf none && mk/guest && mk/root "$$ROOT"

# What a guest with all of the series needs
.PHONY: ready
ready: sources
	@mk/beside mk/kernel '$(root_of_all)'

.PHONY: all guest shell
all: sources ## build everything, run nothing
	@mk/beside 'mk/kernel && mk/kernel none' '$(root_of_all) && mk/perf host'

# The values come from the environment, so that no quoting in CMD is lost.
run = set -- -m -b "$$BOARD" -k "$$SERIES" -p "$$SERIES" -c "$$CONFIG" -r "$$ROOT"; \
	[ -z "$$EXTRA" ] || set -- "$$@" -e "$$EXTRA"; \
	[ -z "$$OUT" ] || set -- "$$@" -o "$$OUT"; \
	[ -z "$$APPEND" ] || set -- "$$@" -a "$$APPEND"; \
	[ -z "$$QEMU_ARGS" ] || set -- "$$@" -q "$$QEMU_ARGS"; \
	[ -z "$$CONSOLE" ] || set -- "$$@" -l "$$CONSOLE"; \
	[ "$$SPLAT" != ok ] || set -- "$$@" -s; \
	guest/run "$$@"

guest: ## boot a guest and run CMD, see below; "guest/run -m" is the same and exits with its status
	@[ -n "$$CMD" ] || { echo "make guest needs CMD='...'" >&2; exit 2; }
	@$(run) -t "$${TIMEOUT:-300}" "$$CMD"

shell: ## the same with an interactive shell instead of CMD; Ctrl-] stops the guest
	@$(run) -t 0 -i 'exec sh -l'

.PHONY: map
map: ## draw how the devices of a board are connected (SINK=tmc_etr0 CPU=2 FILE=x.svg)
	@mk/map -m -b "$$BOARD" -k "$$SERIES" -c "$$CONFIG" -r "$$ROOT"

.PHONY: check demo clean
check: all ## run every test; the last line counts them
	@tests/run $(TESTS)

demo: ready ## choose every sink of two boards in turn, record a real program, and show where the trace went
	@demo/run

.PHONY: kit
kit: tree ## build/kit.tar.gz: the tests for owners of boards, see docs/boards.md
	@mk/perf
	@mk/guest
	@mk/kit

.PHONY: truth
truth: all ## compare far more branches than make check, on each board with each sink; takes long
	@V=1 TRUTH_SCALE=75 TRUTH_LEAST=10000000 \
		TRUTH_LIMIT=3600 LIMIT=20000 tests/run truth
	@V=1 TRUTH_SCALE=50 TRUTH_LIMIT=3600 LIMIT=20000 tests/run truth-kernel
	@tests/truth/boards
	@mkdir -p build/log/truth
	@for b in $(BOARDS); do TRACE_BOARD=$$b LIMIT=20000 tests/run perf-trace || exit 1; done

.PHONY: mutants
mutants: all ## put one bug at a time into the series, and fail if no test finds it (MUTANTS="ebusy ...")
	@mk/keep mutants "$$MUTANTS" tests/long/mutants/run $(MUTANTS)

.PHONY: coverage
coverage: all ## count what the tests execute of what the series add; fails if a line is not, without a reason (COVERAGE=)
	@mk/setup mk/packages-coverage
	@mk/keep coverage "$$COVERAGE" tests/long/coverage/run

.PHONY: bench
bench: setup tree qemu dtbs root ## count what the series cost, in instructions, and compare with the kernel without them
	@mk/setup mk/packages-bench
	@mk/kernel "" bench
	@mk/kernel none bench
	@bench/build
	@mk/keep bench "$$BENCH$$BOOTS" bench/run $(BENCH)

.PHONY: bench-board
bench-board: ready ## measure what the board's models cost, in host CPU time, and compare with QEMU without them
	@qemu/build plain
	@mk/keep bench-board "$$PAIRS" bench/board

.PHONY: soak
soak: all ## stress it: random calls, races, faults, leaks (SOAK="fuzz ...", see tests/long/soak/run)
	@[ -n "$$SOAK" ] || ACCESSES=10000000 tests/run board-fuzz
	@[ -n "$$SOAK" ] || { mk/kernel "" lockdep && mk/kernel none lockdep && tests/run lockdep lockdep-config; }
	@mk/keep soak "$$SOAK$$SOAK_CALLS$$SOAK_ROUNDS$$SOAK_DEBUG_CALLS$$SOAK_DEBUG_ROUNDS" tests/long/soak/run

# The guests run Debian.
.PHONY: upstream
upstream: all ## run upstream's own tests by its own runners, with and without the series, and all of the kit
	@mk/setup mk/packages-upstream
	@mk/root debian
	@for s in none ""; do mk/kernel "$$s" selftests && mk/upstream "$$s" || exit 1; done
	@mk/keep upstream "$$UPSTREAM" tests/long/upstream/run $(UPSTREAM)
	@V=1 LIMIT=10000 tests/run root-debian perf-own kit-debian
	@V=1 KIT_TESTS= tests/run kit

.PHONY: review send-ready
review: sources root ## what a maintainer would check, a row for each patch, and the cost (SERIES=)
	@mk/keep review "$$CHECKS$$ROWS$$SERIES" review/run $(CHECKS)

send-ready: tree ## write a series (SERIES=) to build/send as mails, signed off and addressed; sends nothing
	@mk/send-ready "$$SERIES"

clean: ## remove everything that was built; refuses while build/linux has work that patches/ lacks
	@mk/clean
