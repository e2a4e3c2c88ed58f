// SPDX-License-Identifier: GPL-2.0-or-later
#include "scanner/history.h"

#include "base/map.h"

static size_t
devices(struct machine *now, const struct machine *before, struct arena *scratch)
{
	struct map have = { 0 };
	size_t added = 0, n = now->devices.len;

	for (size_t i = 0; i < n; i++) {
		void **count = map_put(&have, scratch, device_key(scratch, &now->devices.at[i]));

		*count = (void *)((size_t)*count + now->devices.at[i].count);
	}
	for (size_t i = 0; i < before->devices.len; i++) {
		struct device d = before->devices.at[i];
		struct str key = device_key(scratch, &d);
		size_t left = (size_t)map_get(&have, key);

		if (!d.modalias.len && !d.driver.len)
			continue;
		if (left)
			*map_put(&have, scratch, key) = (void *)(left > d.count ? left - d.count : 0);
		if (left >= d.count)
			continue;
		d.count -= (unsigned)left;
		added += d.count;
		vec_push(now->keep, &now->devices, d);
	}
	return added;
}

static void
modules(struct machine *now, const struct machine *before, struct arena *scratch)
{
	struct map have = { 0 };

	for (size_t i = 0; i < now->modules.len; i++)
		map_index_put(&have, scratch, now->modules.at[i].name);
	for (size_t i = 0; i < before->modules.len; i++)
		if (map_index(&have, before->modules.at[i].name) < 0)
			vec_push(now->keep, &now->modules, before->modules.at[i]);
	now->modules_known |= before->modules_known;
}

static void
filesystems(struct machine *now, const struct machine *before, struct arena *scratch)
{
	bool none = !now->filesystems.len;
	struct map have = { 0 };

	for (size_t i = 0; i < now->filesystems.len; i++)
		map_index_put(&have, scratch, now->filesystems.at[i].type);
	for (size_t i = 0; i < before->filesystems.len; i++) {
		struct filesystem f = before->filesystems.at[i];

		if (!none && (map_index(&have, f.type) >= 0 || str_is(f.role, "swap")))
			continue;
		if (!none)
			f = (struct filesystem){ .role = STR("other"), .type = f.type };
		map_index_put(&have, scratch, f.type);
		vec_push(now->keep, &now->filesystems, f);
	}
	for (size_t i = 0; none && i < before->blocks.len; i++)
		vec_push(now->keep, &now->blocks, before->blocks.at[i]);
}

size_t
machine_remember(struct machine *now, const struct machine *before)
{
	struct arena scratch = { 0 };
	size_t added = devices(now, before, &scratch);

	modules(now, before, &scratch);
	filesystems(now, before, &scratch);
	arena_release(&scratch);
	machine_settle(now);
	return added;
}
