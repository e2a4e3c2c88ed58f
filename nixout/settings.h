// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * settings.h - answers as nix prints them.
 *
 *   nix eval --json  ...kernel.configfile.kernelConfig      a string: answer text
 *   nix eval --json  ...kernel.configfile.structuredConfig  { "USB": { "tristate": "y", "freeform": null, "optional": false } }
 *
 * and the attribute set of a patch's structuredExtraConfig, where mkForce and its like stand around the value
 * ({ "_type": "override", "content": ... }). How a value is written: nixos/modules/system/boot/kernel_config.nix.
 */
#ifndef NIXOUT_SETTINGS_H
#define NIXOUT_SETTINGS_H

#include "nixout/answers.h"

/* Does the text look like that: its first character is '{' or '"'? */
bool is_settings(struct str text);

/* Reads JSON as above, or answer text where it isn't JSON, on top of what is there. Unset symbols get no answer. */
void settings_parse(struct answers *, const struct source *, struct arena *keep, struct diag *);

#endif
