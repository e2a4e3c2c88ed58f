#!/bin/sh
# The report is one well-formed page that asks for nothing from outside, says every device and every option, puts what
# is not mapped first, and takes no markup from a dump. In headless Chromium, where there is one, it opens without a
# word on the console, no wider than the window.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
kernel=$(sh tests/debian-kernel.sh 6.12 amd64) || { echo "no Debian kernel"; exit 77; }
dump=fixtures/machines/checkbox-LENOVO_T420.json
# A machine with markup where its makers may write, and a driver that no kernel has.
python3 - "$dump" > "$tmp/evil.json" <<'END'
import sys
text = open(sys.argv[1]).read()
before, devices, after = text.partition('"devices": [\n')
assert devices, "the fixture has changed"
evil = '{"subsystem":"pci","modalias":"pci:v0000DEADd0000BEEFsv00000000sd00000000bc00sc00i00",' + \
       '"driver":"<img src=x onerror=alert(1)>"},\n'
sys.stdout.write(before + devices + evil + after)
END
code=0
"$DERPCONFIG" report "$tmp/evil.json" --kernel "$kernel/source" --modules "$kernel/modules" --config "$kernel/config" \
	-o "$tmp/page.html" 2> "$tmp/err" || code=$?
[ $code = 5 ] || { echo "exit code $code instead of 5"; cat "$tmp/err"; exit 1; }

cat > "$tmp/read.py" <<'END'
import html.parser, json, re, sys
page = open(sys.argv[1]).read()
dump = json.load(open(sys.argv[2]))
bad = []

class Reader(html.parser.HTMLParser):
    void = {"meta", "link", "img", "br", "input"}
    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links, self.order, self.text = [], [], [], [], []
    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag in ("script", "img", "iframe", "object", "form") or any(a.startswith("on") for a in attrs):
            bad.append(f"active content: {tag} {attrs}")
        for a in ("src", "href", "action"):
            if a in attrs and not attrs[a].startswith(("#", "data:,")):
                bad.append(f"asks for {attrs[a]}")
        if "id" in attrs:
            self.ids.append(attrs["id"])
        self.links += [attrs[a].lstrip("#") for a in ("href", "aria-labelledby") if attrs.get(a, "").strip("#") and attrs[a] != "data:,"]
        if tag == "h2":
            self.order.append(attrs["id"])
        if tag not in self.void:
            self.open.append(tag)
    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            bad.append(f"</{tag}> closes something else at {self.getpos()}")
    def handle_data(self, data):
        self.text.append(data)

r = Reader()
r.feed(page)
text = re.sub(r"\s+", " ", " ".join(r.text))
if r.open:
    bad.append(f"left open: {r.open}")
if len(set(r.ids)) != len(r.ids) or not set(r.links) <= set(r.ids):
    bad.append(f"ids {r.ids}, links {r.links}")
if r.order[0] != "unmapped" or r.order.index("savings") > r.order.index("devices"):
    bad.append(f"order {r.order}")
if "url(" in page or "@import" in page:
    bad.append("the style asks for something")
for d in dump["devices"]:
    word = d.get("driver") or d.get("id") or d.get("modalias", "")[:60]
    if word and re.sub(r"\s+", " ", word) not in text:
        bad.append(f"no word of {word}")
for word in ("E1000E", "DRM_I915", "<img src=x onerror=alert(1)>"):
    if word not in text:
        bad.append(f"no word of {word}")
# The three configurations: less to compile each time, and the estimate near what make localmodconfig really left of this
# kernel for this machine: 1882 symbols y, 88 m, 89 modules (tests/compare-localmodconfig.sh).
rows = {}
for name, cells in re.findall(r'<tr[^>]*><th scope="row">([^<]*)</th>(.*?)</tr>', page):
    time = re.match(r'<td class="n">(?:(\d+) h )?(\d+) min', cells)
    if time:
        rows[name] = [60 * int(time[1] or 0) + int(time[2])] + [int(n) for n in re.findall(r'<td class="n">(\d+)</td>', cells)]
fat, local, ours = (rows.get(n) for n in ("The kernel's own", "make localmodconfig, estimated", "For this machine"))
if not (fat and local and ours):
    bad.append(f"not the three configurations: {rows}")
elif not fat[0] > 2 * local[0] > ours[0] or not fat[1] > local[1] > ours[1]:
    bad.append(f"nothing saved: {rows}")
elif not all(abs(got - real) <= real // 50 + 1 for got, real in zip(local[2:], (89, 1882, 88))):
    bad.append(f"the estimate is off: {local}")
print("\n".join(bad))
sys.exit(bool(bad))
END
python3 "$tmp/read.py" "$tmp/page.html" "$tmp/evil.json"

command -v chromium > /dev/null || { echo "no chromium: not opened"; exit 0; }
mkdir "$tmp/home"
for width in 1280 500; do
	HOME=$tmp/home timeout 60 chromium --headless --no-sandbox --disable-gpu --enable-logging=stderr --window-size=$width,900 \
		--virtual-time-budget=2000 --screenshot="$tmp/$width.png" "file://$tmp/page.html" > /dev/null 2> "$tmp/log" ||
		{ echo "chromium: $(tail -n 3 "$tmp/log")"; exit 1; }
	if grep CONSOLE "$tmp/log"; then exit 1; fi
	[ "$(wc -c < "$tmp/$width.png")" -gt 20000 ] || { echo "$width: an empty picture"; exit 1; }
done
# Wider than the window? A page of ours that holds it in a frame of a telephone's width can tell.
cat > "$tmp/frame.html" <<'END'
<!DOCTYPE html><title>?</title><iframe id="f" width="400" height="800" src="page.html"></iframe>
<script>onload = () => { const d = f.contentDocument.documentElement; document.title = d.scrollWidth + " of " + d.clientWidth; };</script>
END
HOME=$tmp/home timeout 60 chromium --headless --no-sandbox --disable-gpu --allow-file-access-from-files \
	--virtual-time-budget=3000 --dump-dom "file://$tmp/frame.html" 2> /dev/null > "$tmp/dom"
widths=$(sed -n 's/.*<title>\([0-9]*\) of \([0-9]*\)<.*/\1 \2/p' "$tmp/dom")
# shellcheck disable=SC2086
set -- $widths
[ $# = 2 ] || { echo "chromium did not tell the widths"; exit 1; }
[ "$1" -le "$2" ] || { echo "wider than its window: $1 of $2 pixels"; exit 1; }
