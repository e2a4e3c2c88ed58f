# SPDX-License-Identifier: GPL-2.0-or-later
# walk-kernel.mk - one directory of a real kernel, as the tree's own scripts/Makefile.build understands it; nothing is built.
#
# Takes the place of kbuild-oracle's walk.mk, which knows how the parts of Makefile.build were divided up to 6.12, and has
# its output: D directory, M module, B built-in object and its parts, L library object, O line of modules.order, S sub-directory.
.PHONY: __oracle
__oracle: ; @:
include $(ORACLE_AUTOCONF)
include $(srctree)/scripts/Makefile.build
o_parts = $(call suffix-search,$1,.o,-objs -y $2)
$(info D $(obj))
$(foreach x,$(filter %.o,$(obj-m)),$(info M $x $(call o_parts,$(patsubst $(obj)/%,%,$x),-m)))
$(foreach x,$(filter %.o,$(obj-y)),$(info $(if $(need-builtin),B,b) $(obj)/$x $(call o_parts,$x)))
$(foreach x,$(lib-y),$(info L $x))
$(foreach x,$(obj-m),$(info O $x))
o_sub = $(patsubst $(obj)/%,%,$1)
$(foreach s,$(subdir-ym),$(info S $s b=$(if $(filter $(call o_sub,$s)/built-in.a $s/built-in.a,$(obj-y)),1) m=$(if $(filter $s/modules.order,$(obj-m)),1)))
