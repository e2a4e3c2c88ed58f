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
#include "modalias/driver.h"
#include "modalias/likely.h"
#include "modalias/modalias.h"
#include "nixout/dotconfig.h"
#include "scanner/device.h"

/* How a device's driver was found. */
enum found {
	FOUND_ALIAS,        /* an alias of the bound driver's own module matches */
	FOUND_SIBLING,      /* another device of this machine brings the module */
	FOUND_DEPENDENCY,   /* a module that is needed depends on it */
	FOUND_LINK,         /* the driver link or the recorded module says it */
	FOUND_TABLE,        /* the tree says which object registers a driver of this name */
	FOUND_NAME,         /* a module or source is called as the driver */
	FOUND_RENAMED,      /* this kernel has no driver of this name; the modules that claim the device stand in */
	FOUND_MATCHES,      /* not bound, but modules claim it */
	FOUND_NOTHING_NEEDED, /* not bound, and nothing claims it */
	FOUND_OUT_OF_TREE,  /* bound to a driver that the kernel never had */
	FOUND_GONE,         /* bound to a driver that this kernel no longer has, or not yet */
	FOUND_OTHER_ARCH,   /* the tree has the driver, but not for this architecture */
	FOUND_UNMAPPED,     /* nobody knows: the module has no route in this tree */
	FOUND_KINDS,
};

const char *found_word(enum found);   /* "alias", "sibling", ... for people and JSON */
bool found_is_mapped(enum found);     /* false for the last four: reported, exit code 5 */

/* What the kernel at hand makes of an object. */
enum route_state {
	ROUTE_OFF,          /* neither: its configuration does not build it */
	ROUTE_MODULE,
	ROUTE_BUILTIN,
	ROUTE_UNKNOWN,      /* no configuration to ask, and the modules directory does not know it */
};

/* One thing that must be built, and who asks. */
struct wanted {
	const struct route *route;
	const struct cond *when;    /* besides: the parts of the object that devices need (8250's SERIAL_8250_PNP) */
	enum route_state state;
	struct str reason;          /* "pci 8086:15f3 Ethernet Controller I225-V" or "loaded, no device asked for it" */
	const struct device *device; /* the first that asks; NULL: loaded module */
	bool hardware;              /* false: a loaded module that no device asked for */
	size_t devices;             /* how many ask */
};

struct mapped {
	const struct device *device;
	struct match_list matches;  /* every module that claims it */
	enum found found;
	const struct route **routes; /* what serves it; several for a driver made of several modules */
	const struct cond **when;   /* for each: the condition of the part that registers the driver; often constant true */
	size_t routes_len;
	struct str note;            /* for people: where it was found, or why not */
};

struct mapped_list { struct mapped *at; size_t len, cap; };

/* A machine's devices before all sources were searched. */
struct sighting {
	struct machine *machine;
	struct mapped_list devices; /* in the machine's order */
	VEC(size_t) far;            /* those of them whose drivers stand in no source that is likely */
};

/* A loaded module that could not be mapped. */
struct lost {
	struct str module;
	enum found found;
	struct str note;
};

struct pipeline {
	struct args *args;
	struct arena *keep;
	struct kernel kernel;
	struct dotconfig config;        /* empty when there is none */
	bool has_config;
	struct machine *machine;
	struct cond_pool pool;
	struct kbuild *kbuild;
	struct diag said;               /* by kbuild, and not told yet */
	struct reading *reading;        /* of the modules */
	struct modules *modules;
	struct driver_table *drivers;   /* NULL until pipeline_drivers is asked */
	struct likely *likely;          /* likewise */
	struct map matched, providers;  /* what was found before: by modalias; by likeness, see provider.c */
	struct mapped_list devices;     /* in the machine's order */
	VEC(struct wanted) goals;       /* each route once; sorted by path */
	VEC(struct wanted) extra;       /* unbound extra matches that --all-matches would add; none of them a goal */
	VEC(struct lost) lost;          /* in the machine's order */
	size_t unmapped;                /* devices and modules that could not be mapped */
	bool foreign;                   /* the machine is of another architecture than the kernel */
	bool unbound;                   /* the input binds no driver at all, so what claims a device was taken */
};

/*
 * Reads the dumps that are the arguments (this machine when there are none), finds the kernel, maps everything. Flags
 * --no-loaded and --all-matches are looked at. NULL: in diag. Unmapped things are printed to stderr by
 * pipeline_report.
 */
struct pipeline *pipeline_run(struct args *);

/* The same for a machine that is there already; the kernel's rooms are opened once for several machines. */
struct pipeline *pipeline_open(struct args *, struct str arch);
struct pipeline *pipeline_begin(struct args *, struct str arch); /* its first half: only the kernel is found */
bool pipeline_rooms(struct pipeline *);                          /* the other */

/*
 * pipeline_rooms in two steps. The modules may be read by another thread that has time: pipeline_read_modules does nothing
 * where somebody has begun, and the second step waits for whoever it is.
 */
bool pipeline_makefiles(struct pipeline *);
bool pipeline_modules(struct pipeline *);
void pipeline_read_modules(struct pipeline *);
void pipeline_map(struct pipeline *, struct machine *);

/*
 * pipeline_map in three steps, so that all sources are searched once for many machines: every one is looked at, what is far
 * is expected, and each is settled; the pipeline has the last one's devices and goals then.
 */
void pipeline_look(struct pipeline *, struct machine *, struct sighting *out);
void pipeline_expect(struct pipeline *, const struct sighting *, size_t n);
void pipeline_settle(struct pipeline *, const struct sighting *);

/* The drivers of the tree, and its sources by what they look like, as indexes of kbuild's parts; made the first time. */
struct driver_table *pipeline_drivers(struct pipeline *);
struct likely *pipeline_likely(struct pipeline *);

/* What kbuild has said since the last time goes to the args' diag. */
void pipeline_tell(struct pipeline *);

void pipeline_report(const struct pipeline *);
void pipeline_release(struct pipeline *);

enum route_state pipeline_state(const struct pipeline *, const struct route *);
const struct route *pipeline_route(const struct pipeline *, const struct module *);  /* NULL: the tree does not list it */

/* What a goal asks of the configuration: built as this kernel has it (else as a module, if it can be), and its parts. */
const struct cond *pipeline_needs(struct pipeline *, const struct route *, const struct cond *when);

/* "pci 8086:15f3 Ethernet Controller I225-V" */
struct str device_label(const struct device *, struct arena *keep);

/* A .config's value in the form cond_eval asks for; ctx is a struct dotconfig. */
struct str config_value(void *ctx, struct str symbol);

#endif
