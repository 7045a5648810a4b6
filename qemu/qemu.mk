# SPDX-License-Identifier: GPL-2.0-or-later
# The virtual board: a QEMU with the CoreSight models, and its device trees.

# What building it needs, for the set-up of the host
QEMU_PACKAGES := build-essential ccache device-tree-compiler dpkg-dev \
	libfdt-dev libglib2.0-dev libopencsd-dev libpixman-1-dev meson \
	ninja-build pkg-config python3 zlib1g-dev

cross := $(shell . mk/project && echo $$cross)

BOARDS := $(patsubst boards/%/board.dts,%,$(wildcard boards/*/board.dts))

.PHONY: qemu dtbs
qemu: ## build QEMU with the board's models
	@qemu/build

dtbs: $(BOARDS:%=build/boards/%.dtb) ## compile the boards' device trees

build/boards/%.dtb: boards/%/board.dts boards/board.dtsi
	@mkdir -p $(@D)
	@cpp -nostdinc -undef -D__DTS__ -x assembler-with-cpp -I boards \
		-o $(@:.dtb=.pre) $<
	@dtc -q -I dts -O dtb -Wno-unit_address_vs_reg -o $@ $(@:.dtb=.pre)

# Tests that need no guest; tests/boards/*.t run them.
BOARD_TESTS := etm4-encoder-test formatter-test links-test fuzz-test

# Programs that run on the machine without a kernel, and test its system registers
BARE_TESTS := ete-test ete-fuzz

.PHONY: board-tests
board-tests: $(BOARD_TESTS:%=build/qemu-tests/%) build/qemu-tests/links.dtb \
	$(BARE_TESTS:%=build/qemu-tests/%.elf) build/boards/graph

build/qemu-tests/%.elf: qemu/tests/%.c qemu/tests/bare.h
	@mkdir -p $(@D)
	@$(cross)gcc -O2 -Wall -Wextra -march=armv8.2-a -ffreestanding \
		-mgeneral-regs-only -mstrict-align -fno-tree-loop-distribute-patterns \
		-fno-stack-protector -fno-pie -no-pie -nostdlib -static -Wl,--build-id=none \
		-Wl,-Ttext-segment=0x80200000 -o $@ $<

board_models := qemu/hw/coresight
build/qemu-tests/formatter-test: $(board_models)/formatter.c
build/qemu-tests/etm4-encoder-test: $(board_models)/etm4-encoder.c
build/qemu-tests/formatter-test build/qemu-tests/etm4-encoder-test: \
	LIBS = -lopencsd_c_api -lopencsd
build/qemu-tests/links-test build/qemu-tests/fuzz-test: qemu/tests/qtest.h qemu/tests/links.h
build/boards/graph: LIBS = -lfdt

compile = mkdir -p $(@D) && $(CC) -O2 -g -Wall -Wextra -Wno-unused-parameter -Wno-sign-compare \
	-Wno-missing-field-initializers -I qemu/include -o $@ $(filter %.c,$^) $(LIBS)

build/qemu-tests/%: qemu/tests/%.c $(wildcard qemu/include/hw/coresight/*.h)
	@$(compile)

build/boards/graph: tests/boards/graph.c
	@$(compile)

build/qemu-tests/links.dtb: qemu/tests/links.dts
	@mkdir -p $(@D)
	@cpp -nostdinc -undef -D__DTS__ -x assembler-with-cpp -o $(@:.dtb=.pre) $<
	@dtc -q -I dts -O dtb -o $@ $(@:.dtb=.pre)
