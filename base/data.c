// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/data.h"

#include <string.h>

struct str
data_find(const char *name)
{
	for (size_t i = 0; i < data_files_len; i++)
		if (strcmp(data_files[i].name, name) == 0)
			return str_span(data_files[i].begin, data_files[i].end);
	return (struct str){ NULL, 0 };
}
