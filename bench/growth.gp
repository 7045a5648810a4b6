# SPDX-License-Identifier: GPL-2.0
# Draws docs/growth.svg from a file of counts, growth.txt.
set terminal svg size 900,640 font "sans-serif,14" background "white"
set output "docs/growth.svg"
set logscale xy
set xrange [3.5:300]
set xtics (4, 16, 64, 256)
set xlabel "CPUs, each with an ETM"
set ylabel "instructions"
set key below
set grid
set title "Choosing the sink of an event on CPU 0"
counts(name, sinks) = sprintf("< awk '$3 == \"%s\" && (%d == 0 || $5 == %d) { print $4, $7 }' %s", name, sinks, sinks, file)
plot for [s in "1 8 64"] counts("shared/sinks_last/drv_config", int(s)) smooth unique with linespoints lw 2 title "SET\\_DRV\\_CONFIG, ".s." sinks", \
	counts("islands/sinks_last/drv_config", 0) smooth unique with linespoints lw 2 title "SET\\_DRV\\_CONFIG, islands of 4", \
	for [s in "1 8 64"] counts("shared/sinks_last/config2", int(s)) smooth unique with linespoints dt 2 title "config2, ".s." sinks last on the bus", \
	for [s in "1 64"] counts("shared/sinks_first/config2", int(s)) smooth unique with linespoints dt 3 title "config2, ".s." sinks first"
