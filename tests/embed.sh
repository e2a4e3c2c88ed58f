#!/bin/sh
# embed.sh FILE... - assembler source of the table in base/data.h, holding the files' contents.
set -eu
n=0
printf '\t.section .rodata\n'
for f; do
	printf 'name_%d:\t.asciz "%s"\nbegin_%d:\t.incbin "%s"\nend_%d:\t.byte 0\n' $n "$f" $n "$f" $n
	n=$((n + 1))
done
printf '\t.section .data.rel.ro,"aw"\n\t.balign 8\n\t.globl data_files\ndata_files:\n'
i=0
while [ $i -lt $n ]; do
	printf '\t.quad name_%d, begin_%d, end_%d\n' $i $i $i
	i=$((i + 1))
done
printf '\t.quad 0, 0, 0\n\t.section .rodata\n\t.balign 8\n\t.globl data_files_len\ndata_files_len:\t.quad %d\n' $n
printf '\t.section .note.GNU-stack,"",%%progbits\n'
