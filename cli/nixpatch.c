// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/nixpatch.h"

#include "nixout/nix.h"

/* "6.12.43" -> "linux_6_12" */
static struct str
kernel_attribute(struct args *a, const struct proposal *p)
{
	const char *given = args_value(a, "linux");
	struct str version = tree_version(proposal_tree(p)), major, minor;

	if (given)
		return str_from(given);
	if (!str_next_part(&version, '.', &major) || !str_next_part(&version, '.', &minor))
		return STR("linux");
	return str_format(a->keep, "linux_%.*s_%.*s", STR_ARG(major), STR_ARG(minor));
}

static struct option
setting_option(const struct proposal *p, const struct setting *s, struct arena *keep)
{
	bool tri = s->sym->type == SYM_BOOL || s->sym->type == SYM_TRISTATE;

	return (struct option){
		.name = s->sym->name, .value = s->value, .type = tri ? OPTION_TRISTATE : OPTION_VALUE,
		.group = proposal_group(p, s->sym), .reason = proposal_reason(p, s->sym, keep),
	};
}

int
nixpatch_write(struct args *a, const struct proposal *p, struct text *out)
{
	const char *release = args_value(a, "nixpkgs"), *tune = args_value(a, "tune");
	struct option *options = NEW_ARRAY(a->keep, struct option, p->settings_len + 1);
	struct nix_module m = {
		.options = options, .options_len = p->settings_len, .kernel = kernel_attribute(a, p),
		.release = NIXPKGS_NEW, .defconfig = STR("allnoconfig"), .llvm = args_has(a, "llvm"),
		.tuning = tune ? str_from(tune) : STR(""),
	};

	if (release && !nixpkgs_release(str_from(release), &m.release))
		return usage_error(a, "--nixpkgs %s: a release like 24.11 or 25.05, or unstable", release);
	m.title = str_format(a->keep, "Kernel options for %.*s, kernel %.*s, made by derpconfig " VERSION,
	                     STR_ARG(proposal_machine(p)), STR_ARG(tree_version(proposal_tree(p))));
	for (size_t i = 0; i < p->settings_len; i++)
		options[i] = setting_option(p, &p->settings[i], a->keep);
	nix_write(&m, out, a->diag);
	return a->diag->errors ? EXIT_TROUBLE : EXIT_FINE;
}
