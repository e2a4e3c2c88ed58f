// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/nixinitrd.h"

#include "nixout/initrd.h"

struct kernel_view {
	const struct proposal *p;
	struct config *config;         /* of the kernel the patch leads to */
};

static struct str
value_of(void *ctx, struct str name)
{
	const struct kernel_view *v = ctx;
	const struct symbol *s = kconfig_find(v->p->model, name);
	struct str text;

	if (!s || s->type == SYM_UNKNOWN)
		return STR("");
	text = config_text(v->config, s);
	return str_is(text, "n") && s->type != SYM_STRING ? STR("") : text;
}

static enum initrd_state
route_state(struct kernel_view *v, const struct route *r)
{
	if (cond_eval(r->module, value_of, v))
		return INITRD_FILE;
	return cond_eval(r->builtin, value_of, v) ? INITRD_BUILTIN : INITRD_MISSING;
}

static enum initrd_state
best_route(struct kernel_view *v, struct str name)
{
	struct route_list routes = kbuild_by_name(v->p->mapping->kbuild, name);
	enum initrd_state best = INITRD_MISSING;

	for (size_t i = 0; i < routes.len; i++)
		if (route_state(v, routes.at[i]) < best)
			best = route_state(v, routes.at[i]);
	return best;
}

/* By its own name, or by an alias: "sha256" is what sha256_generic presents. */
static enum initrd_state
module_state(struct kernel_view *v, struct str name)
{
	enum initrd_state best = best_route(v, name);
	struct match_list claims = { 0 };

	if (v->p->mapping->modules)
		claims = modalias_match(v->p->mapping->modules, name, v->p->keep);
	for (size_t i = 0; i < claims.len && best == INITRD_MISSING; i++)
		best = best_route(v, claims.at[i].module->name);
	return best;
}

static bool
is_named(const struct initrd *in, struct str name)
{
	for (size_t i = 0; i < in->modules.len; i++)
		if (str_eq(in->modules.at[i].name, name))
			return true;
	return false;
}

static void
add_module(struct initrd *in, struct arena *keep, struct initrd_module m)
{
	if (!is_named(in, m.name))
		vec_push(keep, &in->modules, m);
}

/*
 * Modules of one name (an architecture's and a generic one) stand several times in the path: what is built of them
 * goes in, and nothing built at all is an error.
 */
static void
add_boot_path(struct kernel_view *v, const struct party *party, struct initrd *in, struct arena *keep)
{
	for (size_t i = 0; i < party->boot.list.len; i++) {
		const struct boot_step *s = &party->boot.list.at[i];

		add_module(in, keep, (struct initrd_module){
			.name = s->route->name, .reason = s->reason, .state = module_state(v, s->route->name),
			.at_once = str_is(s->route->name, "dm_mod"),
		});
		in->luks |= str_is(s->route->name, "dm_crypt");
	}
}

/* Where the way to the root file system is not known, all that disks hang on; without it nothing boots. */
static void
add_storage(struct kernel_view *v, const struct party *party, struct initrd *in, struct arena *keep)
{
	static const char *const disks[] = { "sd_mod", "mmc_block" };
	static const char *const dirs[] = {
		"drivers/nvme/", "drivers/ata/", "drivers/scsi/", "drivers/block/", "drivers/mmc/", "drivers/ufs/",
		"drivers/message/fusion/", "drivers/usb/storage/", "drivers/virtio/", "drivers/pci/controller/vmd",
	};

	for (size_t i = 0; i < party->goals_len; i++) {
		const struct wanted *w = &party->goals[i];

		for (size_t k = 0; k < sizeof(dirs) / sizeof(*dirs); k++)
			if (w->hardware && str_starts(w->route->object, str_from(dirs[k])) && route_state(v, w->route) == INITRD_FILE)
				add_module(in, keep, (struct initrd_module){
					.name = w->route->name, .reason = w->reason, .state = INITRD_FILE });
	}
	for (size_t i = 0; i < sizeof(disks) / sizeof(*disks); i++)
		if (module_state(v, str_from(disks[i])) == INITRD_FILE)
			add_module(in, keep, (struct initrd_module){
				.name = str_from(disks[i]), .reason = STR("disks"), .state = INITRD_FILE });
}

/* For the passphrase, and for the shell when something fails: what is built of the usual ones. */
static void
add_keyboard(struct kernel_view *v, struct initrd *in, struct arena *keep)
{
	static const char *const names[] = { "xhci_pci", "ehci_pci", "usbhid", "hid_generic", "atkbd", "i8042" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (module_state(v, str_from(names[i])) == INITRD_FILE)
			add_module(in, keep, (struct initrd_module){
				.name = str_from(names[i]), .reason = STR("keyboard"), .state = INITRD_FILE });
}

static void
add_luks(struct kernel_view *v, struct initrd *in, struct arena *keep)
{
	for (const char *const *name = initrd_luks_modules; *name; name++)
		if (module_state(v, str_from(*name)) == INITRD_MISSING)
			add_module(in, keep, (struct initrd_module){
				.name = str_from(*name), .reason = STR("NixOS names it for LUKS"), .state = INITRD_MISSING });
	for (const char *const *name = initrd_luks_ciphers; *name; name++)
		vec_push(keep, &in->ciphers, ((struct initrd_module){
			.name = str_from(*name), .state = module_state(v, str_from(*name)) }));
}

void
nixinitrd_write(const struct proposal *p, struct config *config, struct arena *keep, struct text *out,
                struct diag *diag)
{
	struct kernel_view view = { p, config }, *v = &view;
	struct initrd in = { .tpm = module_state(v, STR("tpm_tis")) != INITRD_MISSING &&
	                            module_state(v, STR("tpm_crb")) != INITRD_MISSING };

	for (size_t i = 0; i < p->parties_len; i++)
		add_boot_path(v, &p->parties[i], &in, keep);
	if (!in.modules.len) {
		text_add_c(out, "  # The dump does not say what is mounted. Here stands what its disks hang on; see that the root file\n"
		           "  # system's own modules are in boot.initrd too (hardware-configuration.nix usually has them).\n");
		for (size_t i = 0; i < p->parties_len; i++)
			add_storage(v, &p->parties[i], &in, keep);
	}
	add_keyboard(v, &in, keep);
	if (in.luks)
		add_luks(v, &in, keep);
	initrd_write(&in, out, diag);
}
