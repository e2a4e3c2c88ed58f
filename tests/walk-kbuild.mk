# SPDX-License-Identifier: GPL-2.0-or-later
# walk-kbuild.mk - one directory of a build, as GNU make understands it; nothing is built.
#
#   make -rRs -f walk-kbuild.mk CONFIG=FILE obj=DIR b=1|"" m=1|""    in the tree's top, top's exports in the environment
#
# The steps are those of the kernel's scripts/Makefile.build and scripts/Makefile.lib. Prints
#   O FOO.o | DIR/     what modules.order would have, in order
#   B FOO.o PART...    linked into built-in.a      L FOO.o     in lib.a
#   S DIR b m          a sub-directory, and what it is asked for
.PHONY: walk
walk: ; @:
srctree := .
src := $(obj)
obj-y :=
obj-m :=
lib-y :=
lib-m :=
subdir-y :=
subdir-m :=
include $(CONFIG)
test-lt = $(shell [ $(strip $1)0 -lt $(strip $2)0 ] && echo y)
include $(or $(wildcard $(src)/Kbuild),$(src)/Makefile)

modules := $(filter-out $(obj-y),$(obj-m))
library := $(filter-out $(obj-y),$(sort $(lib-y) $(lib-m)))
subs := $(sort $(patsubst %/,%,$(filter %/,$(obj-y) $(modules))) $(subdir-y) $(subdir-m))
any = $(strip $(foreach s,$2,$($(1:.o=$s))))
parts = $(if $(call any,$1,-objs -y -),$(call any,$1,-objs -y),$1)
$(if $(m),$(foreach o,$(filter %/,$(obj-y)) $(modules),$(info O $(obj)/$o)))
$(if $(b),$(foreach o,$(filter %.o,$(obj-y)),$(info B $(obj)/$o $(addprefix $(obj)/,$(call parts,$o)))))
$(foreach o,$(library),$(info L $(obj)/$o))
$(foreach s,$(subs),$(info S $(obj)/$s b=$(and $(b),$(filter $s/,$(obj-y))) m=$(and $(m),$(filter $s/,$(obj-y) $(modules)))))
