# SPDX-License-Identifier: GPL-2.0-or-later
# random-config.awk - a random sub-configuration of a .config: awk -v seed=N [-v keep="X Y"] -f random-config.awk CONFIG
#
# Every y or m stays with a probability that the seed chooses; one in twelve of those that stay becomes the other
# value, so that an m stands above a y and the reverse. Every second seed keeps the trunk: what is y stays. Texts and
# numbers stay, and the symbols in `keep`. Not consistent in Kconfig's sense, on purpose: Makefiles must be understood without its help.
BEGIN {
	srand(seed)
	split("0.3 0.6 0.8 0.9 0.97 0.99", chance, " ")
	p = chance[1 + int(rand() * 6)]
	n = split(keep, name, " ")
	for (i = 1; i <= n; i++)
		kept["CONFIG_" name[i]] = 1
	flip = seed % 3 ? 1 / 12 : 0
}
/^CONFIG_[A-Za-z0-9_]+=[ym]$/ {
	stays = rand() < p
	other = rand() < flip
	split($0, part, "=")
	if (seed % 2 && part[2] == "y")
		stays = rand() < 0.985
	if (part[1] in kept) {
		print
		next
	}
	if (!stays)
		next
	print part[1] "=" (other ? (part[2] == "y" ? "m" : "y") : part[2])
	next
}
/^CONFIG_/ { print }
