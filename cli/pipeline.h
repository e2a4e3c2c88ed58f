// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pipeline.h - machine -> devices -> matches -> routes: the evidence that map prints and generate starts from.
 *
 * Everything lives in the args' arena and stays for explanations.
 */
#ifndef CLI_PIPELINE_H
#define CLI_PIPELINE_H

#include "cli/kernel.h"
#include "kbuild/kbuild.h"
#include "modalias/modalias.h"
#include "scanner/device.h"

/* How a device's driver was found. */
enum found {
	FOUND_ALIAS,        /* an alias of the bound driver's own module matches */
	FOUND_LINK,         /* the driver link or the recorded module says it */
	FOUND_SIBLING,      /* another device of this machine brings the module */
	FOUND_DEPENDENCY,   /* a module that is needed depends on it */
	FOUND_TABLE,        /* the tree's table of driver names says which object it is */
	FOUND_MATCHES,      /* not bound, but modules claim it */
	FOUND_NOTHING_NEEDED, /* not bound, and nothing claims it */
	FOUND_OUT_OF_TREE,  /* bound to a driver that the kernel never had */
	FOUND_GONE,         /* bound to a driver that this kernel no longer has, or not yet */
	FOUND_OTHER_ARCH,
	FOUND_UNMAPPED,     /* nobody knows: reported, exit code 5 */
};

/* One thing that must be built, and who asks. */
struct wanted {
	const struct route *route;
	struct str reason;          /* "PCI 8086:15f3 Ethernet Controller I225-V" or "loaded, no device asked for it" */
	const struct device *device; /* the first that asks; NULL: loaded module */
	bool hardware;              /* false: a loaded module that no device asked for */
	size_t devices;             /* how many ask */
};

struct mapped {
	const struct device *device;
	struct match_list matches;  /* every module that claims it */
	enum found found;
	const struct route *const *routes; /* what serves it; several for a driver made of several modules */
	size_t routes_len;
	struct str note;            /* for people: where it was found, or why not */
};

struct pipeline {
	struct kernel kernel;
	struct machine *machine;
	struct cond_pool pool;
	struct kbuild *kbuild;
	struct modules *modules;
	VEC(struct mapped) devices;     /* in the machine's order */
	VEC(struct wanted) goals;       /* each route once; sorted by path */
	VEC(struct wanted) extra;       /* unbound extra matches that --all-matches would add */
	size_t unmapped;                /* devices and modules that could not be mapped */
};

/*
 * Reads the dumps (this machine when there are none), finds the kernel, maps everything. Flags --no-loaded and
 * --all-matches are looked at. NULL: in diag. Unmapped things are printed to stderr by pipeline_report.
 */
struct pipeline *pipeline_run(struct args *);
void pipeline_report(const struct pipeline *);
void pipeline_release(struct pipeline *);

#endif
