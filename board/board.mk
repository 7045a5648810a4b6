# SPDX-License-Identifier: GPL-2.0-or-later
# The virtual board: a QEMU with the CoreSight models, and its device trees.

# What building it needs, for the set-up of the host
QEMU_PACKAGES := build-essential ccache device-tree-compiler dpkg-dev \
	libfdt-dev libglib2.0-dev libopencsd-dev libpixman-1-dev meson \
	ninja-build pkg-config python3 zlib1g-dev

BOARDS := juno db410c split fvp armv9

.PHONY: qemu dtbs
qemu: ## build QEMU with the board's models
	@board/build

dtbs: $(BOARDS:%=build/board/%.dtb) ## compile the boards' device trees

build/board/%.dtb: board/dts/%.dts board/dts/board.dtsi
	@mkdir -p $(@D)
	@cpp -nostdinc -undef -D__DTS__ -x assembler-with-cpp -I board/dts \
		-o $(@:.dtb=.pre) $<
	@dtc -q -I dts -O dtb -Wno-unit_address_vs_reg -o $@ $(@:.dtb=.pre)

# Tests that need no guest; tests/board-*.t run them.
BOARD_TESTS := etm4-encoder-test formatter-test links-test fuzz-test graph

# Programs that have the machine for themselves, and test system registers there
BARE_TESTS := ete-test ete-fuzz

.PHONY: board-tests
board-tests: $(BOARD_TESTS:%=build/board/tests/%) build/board/tests/links.dtb \
	$(BARE_TESTS:%=build/board/tests/%.elf)

build/board/tests/%.elf: board/tests/%.c board/tests/bare.h
	@mkdir -p $(@D)
	@aarch64-linux-gnu-gcc -O2 -Wall -Wextra -march=armv8.2-a -ffreestanding \
		-mgeneral-regs-only -mstrict-align -fno-tree-loop-distribute-patterns \
		-fno-stack-protector -fno-pie -no-pie -nostdlib -static -Wl,--build-id=none \
		-Wl,-Ttext-segment=0x80200000 -o $@ $<

board_models := board/qemu/hw/coresight
build/board/tests/formatter-test: $(board_models)/formatter.c
build/board/tests/etm4-encoder-test: $(board_models)/etm4-encoder.c
build/board/tests/formatter-test build/board/tests/etm4-encoder-test: \
	LIBS = -lopencsd_c_api -lopencsd
build/board/tests/links-test build/board/tests/fuzz-test: board/tests/qtest.h
build/board/tests/graph: LIBS = -lfdt

build/board/tests/%: board/tests/%.c $(wildcard board/qemu/include/hw/coresight/*.h)
	@mkdir -p $(@D)
	@$(CC) -O2 -g -Wall -Wextra -Wno-unused-parameter -Wno-sign-compare \
		-Wno-missing-field-initializers \
		-I board/qemu/include -o $@ $(filter %.c,$^) $(LIBS)

build/board/tests/links.dtb: board/tests/links.dts
	@mkdir -p $(@D)
	@cpp -nostdinc -undef -D__DTS__ -x assembler-with-cpp -o $(@:.dtb=.pre) $<
	@dtc -q -I dts -O dtb -o $@ $(@:.dtb=.pre)
